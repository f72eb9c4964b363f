internal import CZlib

/// What zlib's macros and conventions come to.
enum ZlibConstant {
    /// A window of 32 KiB, and 16 for gzip's header and trailer instead of zlib's.
    static let gzipWindow: Int32 = 15 + 16
    /// The default of `deflateInit`.
    static let memoryLevel: Int32 = 8
    /// zlib counts in 32 bits.
    static let longestInput = 1 << 30
    static let chunk = 1 << 15
}

extension [UInt8] {
    /// Appends what one call writes, at most `limit` bytes.
    mutating func appendFromZlib(
        _ stream: UnsafeMutablePointer<z_stream>, upTo limit: Int, _ call: (UnsafeMutablePointer<z_stream>) -> Void
    ) {
        self += [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(limit)
            call(stream)
            count = limit - Int(stream.pointee.avail_out)
            stream.pointee.next_out = nil
        }
    }
}
