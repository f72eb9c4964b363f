/// Durations as people write them: `500ms`, `1s`, `1.5s`, `5m`, `2h30m`.
///
/// A number always has its unit: h, m, s or ms, each at most once and the larger first. No sign, no space, nothing finer
/// than a nanosecond.
package enum DurationText {
    /// Units with their length in nanoseconds, the largest first.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]

    /// The duration that `text` says; nil if it says none, or one beyond 292 years.
    package static func parse(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var allowed = units[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
            let name = rest[number.endIndex...].prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
            guard let position = allowed.firstIndex(where: { name.elementsEqual($0.name.utf8) }),
                let part = nanoseconds(number, of: allowed[position].nanoseconds)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
            allowed = allowed[(position + 1)...]
            rest = rest[name.endIndex...]
        }
        return .nanoseconds(total)
    }

    /// The usual spelling, which `parse` reads back: 90 seconds are `1m30s`, a quarter of one is `250ms`. Parts of a
    /// nanosecond are dropped; a negative duration gets a sign.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = (attoseconds / 1_000_000_000).magnitude
        let sign = duration < .zero ? "-" : ""
        if seconds == 0, nanoseconds > 0 {
            return sign + decimal(nanoseconds / 1_000_000, fraction: nanoseconds % 1_000_000, digits: 6) + "ms"
        }
        let (minutes, second) = seconds.magnitude.quotientAndRemainder(dividingBy: 60)
        let (hours, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        var text = sign
        if hours > 0 { text += "\(hours)h" }
        if minute > 0 { text += "\(minute)m" }
        if second > 0 || nanoseconds > 0 || minutes == 0 {
            text += decimal(second, fraction: nanoseconds, digits: 9) + "s"
        }
        return text
    }

    /// `12` or `1.25` units; nil if it is no such number, does not fit or is not a whole number of nanoseconds.
    private static func nanoseconds(_ number: Substring.UTF8View, of unit: Int64) -> Int64? {
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let whole = Int64(String(parts[0]) ?? "") else {
            return nil
        }
        var (total, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        var place = unit
        for digit in parts.count == 2 ? parts[1] : "".utf8[...] {
            guard place % 10 == 0 || digit == UInt8(ascii: "0") else { return nil }
            place /= 10
            (total, overflow) = total.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")) * place)
            guard !overflow else { return nil }
        }
        return total
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// `whole.fraction` without the zeros that say nothing; `fraction` has `digits` digits.
    private static func decimal(_ whole: UInt64, fraction: UInt64, digits: Int) -> String {
        guard fraction > 0 else { return "\(whole)" }
        let text = String(fraction)
        let padded = String(repeating: "0", count: digits - text.count) + text
        return "\(whole)." + padded.reversed().drop { $0 == "0" }.reversed()
    }
}
