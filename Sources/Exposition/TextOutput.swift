/// Bytes of a text exposition under construction, with the escaping and number rules that both text formats share.
struct TextOutput {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Name and labels of a series, and the blank before its value.
    /// - Parameter le: the upper bound of a bucket, as `appendBound` writes it; it comes last, as Go's client writes it.
    mutating func appendSeries(_ name: String, suffix: String = "", _ labels: Labels, le: [UInt8]? = nil) {
        append(name)
        append(suffix)
        if !labels.pairs.isEmpty || le != nil {
            append(UInt8(ascii: "{"))
            appendPairs(labels)
            if let le {
                append(labels.pairs.isEmpty ? "le=\"" : ",le=\"")
                bytes.append(contentsOf: le)
                append(UInt8(ascii: "\""))
            }
            append(UInt8(ascii: "}"))
        }
        append(UInt8(ascii: " "))
    }

    /// The labels without the braces.
    mutating func appendPairs(_ labels: Labels) {
        for (index, label) in labels.pairs.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(label.name)
            append("=\"")
            appendEscaped(label.value, quotes: true)
            append(UInt8(ascii: "\""))
        }
    }

    /// The shortest text that reads back as the same number; whole numbers without a fraction.
    mutating func appendNumber(_ value: Double) {
        if value.isNaN {
            append("NaN")
        } else if value.isInfinite {
            append(value < 0 ? "-Inf" : "+Inf")
        } else if value == 0 {
            append(value.sign == .minus ? "-0" : "0")
        } else if value.magnitude < 9e15, value == value.rounded(.towardZero) {
            append(String(Int64(value)))
        } else {
            append(value.description)
        }
    }

    /// A count, to the last digit.
    mutating func appendCount(_ value: UInt64) {
        append(String(value))
    }

    mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
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
