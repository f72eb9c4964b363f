/// A moment as PgBouncer writes it: whole seconds of its local time.
///
/// Only differences between moments of one PgBouncer mean anything: its zone is not known, and both sides of a
/// difference have the same. When daylight saving begins or ends between two moments, it is off by that hour.
package struct PgBouncerTime: Sendable, Hashable, Comparable {
    /// Seconds since 1970, were the local time UTC.
    package let localSeconds: Int64

    package init(localSeconds: Int64) {
        self.localSeconds = localSeconds
    }

    /// Reads `2026-01-31 23:59:58 CET`; the zone's name is left out of account. Nil for anything else.
    package init?(_ text: String) {
        var fields: [Int64] = []
        var number: Int64?
        for byte in text.utf8 {
            if byte >= 48, byte <= 57 {
                let value = (number ?? 0) * 10 + Int64(byte - 48)
                guard value < 100_000 else { return nil }
                number = value
            } else if let finished = number {
                fields.append(finished)
                number = nil
                if fields.count == 6 { break }
            } else {
                return nil
            }
        }
        if let number, fields.count < 6 { fields.append(number) }
        guard fields.count == 6, (1...12).contains(fields[1]), (1...31).contains(fields[2]) else { return nil }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        self.init(localSeconds: days * 86_400 + fields[3] * 3_600 + fields[4] * 60 + fields[5])
    }

    /// Days since 1970-01-01 in the Gregorian calendar, by counting years from March on.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.localSeconds < rhs.localSeconds }

    /// Seconds since an earlier moment; negative for a later one.
    package func seconds(since earlier: PgBouncerTime) -> Double { Double(localSeconds - earlier.localSeconds) }
}
