/// Why bytes could not be compressed or decompressed, as the rest of a sentence.
package struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// There is no memory for zlib's state, some 270 KiB to compress and 45 KiB to decompress.
    static let noMemory = CompressionError("there is not enough memory for zlib")
}
