/// Whole texts as gzip.
package enum Gzip {
    /// The bytes as one gzip member. The same bytes at the same level give the same result: it holds no time.
    package static func compress(
        _ bytes: [UInt8], level: GzipCompressor.Level = .balanced
    ) throws(CompressionError) -> [UInt8] {
        var compressor = try GzipCompressor.make(level: level)
        var output: [UInt8] = []
        compressor.append(bytes, into: &output)
        compressor.finish(into: &output)
        return output
    }

    /// The bytes of one gzip member that ends where `bytes` ends.
    /// - Throws: when it is damaged, or incomplete, something follows it, or it holds more than `limit` bytes.
    package static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var decompressor = try GzipDecompressor.make()
        var output: [UInt8] = []
        var input = bytes[...]
        while try decompressor.read(&input, upTo: max(1, min(limit - output.count + 1, 1 << 20)), into: &output) {
            guard output.count <= limit else { break }
        }
        guard output.count <= limit else { throw CompressionError("it decompresses to more than \(limit) bytes") }
        guard decompressor.isAtEnd else { throw CompressionError("the gzip stream ends early") }
        guard input.isEmpty else { throw CompressionError("something follows the gzip stream") }
        return output
    }
}
