internal import CZlib

/// Compresses a stream of bytes into one gzip member (RFC 1952). Owns a `z_stream`, which must not move in memory.
package struct GzipCompressor: ~Copyable {
    /// How hard to try: 1 is the fastest, 9 the smallest.
    package struct Level: RawRepresentable, Sendable {
        package let rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = min(max(rawValue, 1), 9)
        }

        package static let fast = Level(rawValue: 1)
        package static let balanced = Level(rawValue: 6)
        package static let best = Level(rawValue: 9)
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    private init(owning stream: UnsafeMutablePointer<z_stream>) {
        self.stream = stream
    }

    /// Calls `deflateEnd`.
    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Begins a stream. Calls `deflateInit2`.
    package static func make(level: Level = .balanced) throws(CompressionError) -> GzipCompressor {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, level.rawValue, Z_DEFLATED, ZlibConstant.gzipWindow, ZlibConstant.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            throw CompressionError.noMemory
        }
        return GzipCompressor(owning: stream)
    }

    /// Takes in bytes, and appends to `output` what is ready of the compressed ones: often nothing yet.
    package mutating func append(_ bytes: [UInt8], into output: inout [UInt8]) {
        bytes.withUnsafeBytes { deflate($0, Z_NO_FLUSH, into: &output) }
    }

    /// Appends all that was taken in, so that a reader who gets no more can read up to here. Costs a few bytes.
    package mutating func flush(into output: inout [UInt8]) {
        deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_SYNC_FLUSH, into: &output)
    }

    /// Ends the stream with its checksum. Nothing may be appended afterwards.
    package mutating func finish(into output: inout [UInt8]) {
        deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH, into: &output)
        isFinished = true
    }

    /// Calls `deflate` until it has taken in everything and has no output left.
    private mutating func deflate(_ input: UnsafeRawBufferPointer, _ flush: Int32, into output: inout [UInt8]) {
        precondition(!isFinished, "a gzip stream that was finished takes no more bytes")
        var rest = input
        repeat {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(ZlibConstant.longestInput))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            // zlib's interface lacks `const`; it never writes to its input.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: part.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(part.count)
            let mode = rest.isEmpty ? flush : Z_NO_FLUSH
            repeat {
                output.appendFromZlib(stream, upTo: ZlibConstant.chunk) { _ = CZlib.deflate($0, mode) }
            } while stream.pointee.avail_out == 0
        } while !rest.isEmpty
        stream.pointee.next_in = nil
    }
}
