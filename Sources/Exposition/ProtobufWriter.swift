/// Writes protocol buffers: only the field types that metrics need.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
    }

    mutating func write(_ field: UInt64, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    /// An `int64` or an enumeration.
    mutating func write(_ field: UInt64, signed value: Int64) {
        write(field, UInt64(bitPattern: value))
    }

    /// An `sint32` or `sint64`, whose small negative numbers are short.
    mutating func write(_ field: UInt64, zigzag value: Int64) {
        write(field, UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func write(_ field: UInt64, _ value: Double) {
        tag(field, .fixed64)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ field: UInt64, _ value: String) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A message within this one.
    mutating func write(_ field: UInt64, _ content: (inout ProtobufWriter) -> Void) {
        tag(field, .lengthDelimited)
        delimited(content)
    }

    /// A message after its length. Most are shorter than 128 bytes, so that one byte is kept for the length.
    mutating func delimited(_ content: (inout ProtobufWriter) -> Void) {
        let start = bytes.count
        bytes.append(0)
        content(&self)
        var length = UInt64(bytes.count - start - 1)
        guard length >= 0x80 else {
            bytes[start] = UInt8(length)
            return
        }
        var prefix: [UInt8] = []
        while length >= 0x80 {
            prefix.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        prefix.append(UInt8(length))
        bytes.replaceSubrange(start...start, with: prefix)
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) {
        varint(field << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
