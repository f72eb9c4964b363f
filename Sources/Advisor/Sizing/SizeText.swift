import Foundation

/// Numbers as people read them, the same in every locale.
enum SizeText {
    /// Three significant digits, without zeros that say nothing: `812`, `3.12`, `0.0451`.
    static func number(_ value: Double) -> String {
        if value.magnitude >= 100, value.magnitude < 1e15 { return String(format: "%.0f", value) }
        return String(format: "%.3g", value)
    }

    /// A count, whatever a server says it is.
    static func whole(_ value: Double) -> String {
        value.isFinite ? String(format: "%.0f", value) : "?"
    }

    /// Seconds with the unit that suits: `850 µs`, `3.12 ms`, `2.5 s`.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case 0: "0 s"
        case ..<0.001: number(seconds * 1_000_000) + " µs"
        case ..<1: number(seconds * 1_000) + " ms"
        default: number(seconds) + " s"
        }
    }

    /// A share as per cent.
    static func percent(_ share: Double) -> String {
        switch share {
        case 0: "0 %"
        case ..<0.000_1: "under 0.01 %"
        default: String(format: share < 0.1 ? "%.2g %%" : "%.0f %%", share * 100)
        }
    }

    /// `1 pool`, `2 pools`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// The same of a number that a server counts.
    static func count(_ count: Double, _ noun: String) -> String { "\(whole(count)) \(noun)\(count == 1 ? "" : "s")" }

    /// A name from a server on one line of at most 63 characters, whatever it is.
    static func name(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(63).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                return "?"
            default: return scalar
            }
        }
        return String(String.UnicodeScalarView(printable))
    }
}
