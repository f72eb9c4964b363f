/// The bytes of one record, put together.
struct RecordBuilder {
    private(set) var bytes: [UInt8] = []

    init(_ kind: RecordingFormat.Kind) {
        bytes.append(kind.rawValue)
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    mutating func add(_ number: UInt64) {
        Self.append(number, to: &bytes)
    }

    mutating func add(_ number: Int) {
        add(UInt64(max(0, number)))
    }

    /// Small numbers of either sign stay short: 0, −1, 1, −2 are 0, 1, 2, 3.
    mutating func addSigned(_ number: Int64) {
        add(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Eight bytes, the lowest first.
    mutating func add(_ number: Double) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(shift)))
        }
    }

    mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes += text.utf8
    }

    /// 0 for nil, else the text with its length one higher.
    mutating func add(_ text: String?) {
        add(text.map { $0.utf8.count + 1 } ?? 0)
        if let text { bytes += text.utf8 }
    }

    /// 0 for nil, else the number one higher.
    mutating func add(_ number: Int?) {
        add(number.map { $0 + 1 } ?? 0)
    }

    /// A length comes before, by whoever adds it.
    mutating func add(raw: some Sequence<UInt8>) {
        bytes += raw
    }

    /// The record with its length.
    var framed: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 5)
        Self.append(UInt64(bytes.count), to: &result)
        return result + bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
