/// Text that others chose (names of applications, statements), made fit for a terminal.
package enum VisibleText {
    /// The text without anything that a terminal would obey: such characters are spelled out, `\x1b`, `\u202e`.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isInvisible) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            guard isInvisible(scalar) else { return result.unicodeScalars.append(scalar) }
            let value = scalar.value
            switch value {
            case 0...0xFF: result += "\\x" + hexadecimal(value, digits: 2)
            case 0x100...0xFFFF: result += "\\u" + hexadecimal(value, digits: 4)
            default: result += "\\U" + hexadecimal(value, digits: 8)
            }
        }
    }

    /// A statement on one line.
    package static func oneLine(_ text: String) -> String {
        escaped(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    /// Columns that a terminal gives the text.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// The text in at most so many columns, the end of a longer one replaced by “…”.
    package static func fitted(_ text: String, to limit: Int) -> String {
        guard width(text) > limit else { return text }
        guard limit > 0 else { return "" }
        var fitted = String.UnicodeScalarView()
        var rest = limit - 1
        for scalar in text.unicodeScalars {
            let width = width(scalar)
            guard width <= rest else { break }
            rest -= width
            fitted.append(scalar)
        }
        return String(fitted) + "…"
    }

    /// Control characters, line ends, and what reorders or hides the text around it.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }

    static func hexadecimal(_ value: some BinaryInteger, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// What Unicode calls wide, in broad strokes (UAX 11): Hangul, Chinese and Japanese, full-width forms, emoji.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
