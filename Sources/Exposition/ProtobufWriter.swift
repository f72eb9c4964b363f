/// Writes protocol buffers: only the field types that metrics need.
struct ProtobufWriter: ~Copyable {
    private var writer = ByteWriter(capacity: 1 << 16)

    /// A copy of what was written.
    var bytes: [UInt8] { writer.bytes }

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
        withUnsafeBytes(of: value.bitPattern.littleEndian) { writer.append($0) }
    }

    mutating func write(_ field: UInt64, _ value: String) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        writer.append(value)
    }

    /// A message within this one.
    mutating func write(_ field: UInt64, _ content: (inout ProtobufWriter) -> Void) {
        tag(field, .lengthDelimited)
        delimited(content)
    }

    /// A message after its length. Most are shorter than 128 bytes, so that one byte is kept for the length.
    mutating func delimited(_ content: (inout ProtobufWriter) -> Void) {
        let start = writer.count
        writer.append(0)
        content(&self)
        var length = writer.count - start - 1
        if length >= 0x80 { writer.insert((Int.bitWidth - length.leadingZeroBitCount + 6) / 7 - 1, at: start + 1) }
        var place = start
        while length >= 0x80 {
            writer[place] = UInt8(truncatingIfNeeded: length) | 0x80
            length >>= 7
            place += 1
        }
        writer[place] = UInt8(length)
    }

    private mutating func tag(_ field: UInt64, _ type: WireType) {
        varint(field << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            writer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writer.append(UInt8(rest))
    }
}
