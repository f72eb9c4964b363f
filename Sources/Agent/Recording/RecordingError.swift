/// Why a recording cannot be written, or read any further: one sentence. Never holds a secret.
package struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// - Parameter offset: of the record, in the stream that `zcat` prints.
    init(_ problem: String, at offset: Int) {
        description = "\(problem), at byte \(offset) of the decompressed recording"
    }
}
