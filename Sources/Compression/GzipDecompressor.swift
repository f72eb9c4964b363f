internal import CZlib

/// Decompresses one gzip member, as much of it at a time as the caller can hold: a few bytes may expand to a thousand
/// times as many. Owns a `z_stream`, which must not move in memory.
package struct GzipDecompressor: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the end of the member was read and its checksum was right.
    package private(set) var isAtEnd = false

    private init(owning stream: UnsafeMutablePointer<z_stream>) {
        self.stream = stream
    }

    /// Calls `inflateEnd`.
    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Begins a stream. Calls `inflateInit2`.
    package static func make() throws(CompressionError) -> GzipDecompressor {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(
            stream, ZlibConstant.gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            throw CompressionError.noMemory
        }
        return GzipDecompressor(owning: stream)
    }

    /// Takes bytes from the front of `input` and appends at most `limit` decompressed ones to `output`.
    ///
    /// To be called again while it returns true. What is left in `input` at the end follows the member.
    /// - Returns: Whether there may be more output for the input so far.
    /// - Throws: When the bytes are not those of a gzip member. What came before stays in `output`.
    package mutating func read(
        _ input: inout ArraySlice<UInt8>, upTo limit: Int, into output: inout [UInt8]
    ) throws(CompressionError) -> Bool {
        precondition(limit > 0, "nothing can be read into no room")
        guard !isAtEnd else { return false }
        let given = min(input.count, ZlibConstant.longestInput)
        var code = Z_OK
        let stream = stream
        input.withUnsafeBufferPointer { bytes in
            // zlib's interface lacks `const`; it never writes to its input.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.pointee.avail_in = UInt32(given)
            output.appendFromZlib(stream, upTo: min(limit, ZlibConstant.longestInput)) {
                code = inflate($0, Z_NO_FLUSH)
            }
            stream.pointee.next_in = nil
        }
        input.removeFirst(given - Int(stream.pointee.avail_in))
        switch code {
        case Z_STREAM_END:
            isAtEnd = true
            return false
        case Z_OK:
            return stream.pointee.avail_out == 0 || !input.isEmpty
        // No progress: it wants more input.
        case Z_BUF_ERROR:
            return false
        case Z_MEM_ERROR:
            throw CompressionError.noMemory
        default:
            throw CompressionError(
                stream.pointee.msg.map { "the gzip stream is damaged: \(String(cString: $0))" }
                    ?? "the gzip stream is damaged")
        }
    }
}
