/// What stands in the way of a picture, in a sentence.
package struct PreviewError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
