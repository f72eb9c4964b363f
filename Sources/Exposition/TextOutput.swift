/// Bytes of a text exposition under construction, with the format's escaping and number rules.
struct TextOutput {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A whole line: name, labels (with `le` at its place in the order), value.
    mutating func appendSeries(_ name: String, suffix: String, _ labels: Labels, le: Double?, _ value: Double) {
        append(name)
        append(suffix)
        if !labels.pairs.isEmpty || le != nil { appendBraces(labels, le: le) }
        append(" ")
        appendNumber(value)
        append("\n")
    }

    private mutating func appendBraces(_ labels: Labels, le: Double?) {
        var separator = "{"
        for label in labels.pairs {
            append(separator)
            append(label.name)
            append("=\"")
            appendEscapedValue(label.value)
            append("\"")
            separator = ","
        }
        // Last, as Go's client writes it.
        if let le {
            append(separator)
            append("le=\"")
            appendNumber(le)
            append("\"")
        }
        append("}")
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

    private mutating func appendEscapedValue(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\n"): append("\\n")
            default: bytes.append(byte)
            }
        }
    }

    mutating func appendEscapedHelp(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            default: bytes.append(byte)
            }
        }
    }
}
