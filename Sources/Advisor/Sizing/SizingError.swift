/// Why no size can be said, as a sentence with what to do.
package struct SizingError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
