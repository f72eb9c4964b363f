import Foundation

/// Figures as people read them.
enum StatusText {
    /// `0.3 s`, `42 s`, `7 min 5 s`, `3 h 20 min`, `2 d 4 h`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(min(seconds, 1e12))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3_600: return pair(whole / 60, "min", whole % 60, "s")
        case ..<86_400: return pair(whole / 3_600, "h", whole % 3_600 / 60, "min")
        default: return pair(whole / 86_400, "d", whole % 86_400 / 3_600, "h")
        }
    }

    /// `97 %`. What is not quite full is never shown as full.
    static func percent(_ share: Double) -> String {
        let percent = (share * 100).rounded()
        return String(format: "%.0f %%", share < 1 ? min(percent, 99) : percent)
    }

    static func count(_ number: Double) -> String {
        String(format: "%.0f", number)
    }

    /// `1 client`, `3 clients`.
    static func count(_ number: Double, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static func pair(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}
