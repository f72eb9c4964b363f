import Foundation

/// Numbers in the sentences of checks.
package enum CheckText {
    /// `under 1 ms`, `0.4 s`, `12 s`, `1 min 30 s`, `2 h`, `3 d 4 h`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "unknown" }
        if seconds > 0, seconds < 0.001 { return "under 1 ms" }
        guard seconds >= 10 else { return "\(number(seconds)) s" }
        let total = Int(min(seconds.rounded(), 1e12))
        let parts = [
            (total / 86_400, "d"), (total % 86_400 / 3_600, "h"), (total % 3_600 / 60, "min"), (total % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// Whole numbers without a point, others with two digits that count.
    package static func number(_ number: Double) -> String {
        guard number.isFinite else { return "unknown" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        let magnitude = abs(number)
        let digits = magnitude >= 10 ? 0 : magnitude >= 1 ? 1 : magnitude >= 0.1 ? 2 : 3
        return String(format: "%.\(digits)f", number)
    }

    /// `73 %`; shares near the ends are not rounded to them.
    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "unknown" }
        if share > 0, share < 0.01 { return "under 1 %" }
        if share < 1, share > 0.99 { return "over 99 %" }
        return "\(Int((share * 100).rounded())) %"
    }

    /// `512 MiB`, `1.5 GiB`.
    package static func bytes(_ bytes: Double) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = max(0, bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(number(value)) \(units[unit])"
    }

    /// `1 session`, `7 sessions`.
    package static func count(_ count: Double, _ noun: String) -> String {
        "\(number(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    package static func count(_ count: Int, _ noun: String) -> String { Self.count(Double(count), noun) }

    /// A name that a client or an operator chose, in quotation marks and on one line; at most 63 characters.
    package static func name(_ name: String) -> String {
        let line = SQLName.oneLine(name)
        return "“\(line.count > 63 ? "\(line.prefix(62))…" : line)”"
    }

    /// The first few of a list, and how many more there are.
    package static func list(_ names: [String], limit: Int = 5) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}

extension SessionOwner {
    /// `“web” (application “shop-api”, from 10.0.0.9) in “shop”`
    package var sentence: String {
        var details: [String] = []
        if !application.isEmpty { details.append("application \(CheckText.name(application))") }
        if let address { details.append("from \(SQLName.oneLine(address))") }
        let inBrackets = details.isEmpty ? "" : " (\(details.joined(separator: ", ")))"
        return "\(CheckText.name(user))\(inBrackets) in \(CheckText.name(database))"
    }
}
