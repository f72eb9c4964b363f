/// A text exposition under construction, with the escaping and number rules that both text formats share.
struct TextOutput: ~Copyable {
    private var writer: ByteWriter

    /// - Parameter capacity: Bytes that it has room for at first: by default those of a small page.
    init(capacity: Int = 1 << 16) {
        writer = ByteWriter(capacity: capacity)
    }

    /// A copy of what was written.
    var bytes: [UInt8] { writer.bytes }

    mutating func append(_ text: String) { writer.append(text) }

    mutating func append(_ byte: UInt8) { writer.append(byte) }

    mutating func append(_ part: [UInt8]) { writer.append(part) }

    mutating func removeAll() { writer.removeAll() }

    /// The labels without the braces.
    static func pairs(_ labels: Labels) -> [UInt8] {
        guard !labels.pairs.isEmpty else { return [] }
        var output = TextOutput(capacity: 256)
        output.appendPairs(labels)
        return output.bytes
    }

    /// The same.
    mutating func appendPairs(_ labels: Labels) {
        var isFirst = true
        for label in labels.pairs {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            append(label.name)
            append("=\"")
            appendEscaped(label.value, quotes: true)
            append(UInt8(ascii: "\""))
        }
    }

    /// The shortest text that reads back as the same number; whole numbers without a fraction.
    mutating func appendNumber(_ value: Double) {
        let whole = value.magnitude < 9e15 ? Int64(value) : .min
        if whole != .min, value == Double(whole) {
            if value.sign == .minus { append(UInt8(ascii: "-")) }
            appendCount(whole.magnitude)
        } else if value.isFinite {
            append(value.description)
        } else {
            append(value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf")
        }
    }

    /// A count, to the last digit.
    mutating func appendCount(_ value: UInt64) { writer.append(decimal: value) }

    mutating func appendEscaped(_ text: String, quotes: Bool) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while let place = rest.firstIndex(where: {
                $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || ($0 == UInt8(ascii: "\"") && quotes)
            }) {
                writer.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest[..<place])))
                writer.append(UInt8(ascii: "\\"))
                writer.append(rest[place] == UInt8(ascii: "\n") ? UInt8(ascii: "n") : rest[place])
                rest = rest[(place + 1)...]
            }
            writer.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest)))
        }
    }

    /// An upper bound of a bucket, as Go writes it in OpenMetrics: `0.5`, `1.0`, `1e+06`, `+Inf`.
    ///
    /// It is part of a series' name: Prometheus makes the same text of a bound that comes in protobuf.
    mutating func appendBound(_ value: Double) {
        guard value.isFinite, value != 0 else { return append(value == 0 ? "0.0" : value < 0 ? "-Inf" : "+Inf") }
        if value < 0 { append(UInt8(ascii: "-")) }
        append(DecimalDigits(value.magnitude).goText)
    }
}
