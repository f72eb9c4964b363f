/// Why something could not be done, as a sentence for whoever asked for it.
package struct SessionsError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
