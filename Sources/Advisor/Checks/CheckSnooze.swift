/// A check that is not to count until a day, and why.
package struct CheckSnooze: Sendable, Equatable {
    package var check: String
    /// Nil: of every target.
    package var target: String?
    /// The last day on which it sleeps, in UTC.
    package var until: CalendarDay
    package var reason: String

    package init(check: String, target: String? = nil, until: CalendarDay, reason: String) {
        self.check = check
        self.target = target
        self.until = until
        self.reason = reason
    }

    /// Whether it holds for a check of a target at a moment, in seconds since 1970.
    package func covers(_ id: String, of name: String, at time: Double) -> Bool {
        check == id && (target ?? name) == name && time < until.end
    }
}

/// A day of the Gregorian calendar.
package struct CalendarDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Reads `2027-01-31`; nil for anything else, also for a day that there is not.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.joined().utf8.allSatisfy({ (48...57).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year >= 1970,
            (1...12).contains(month), (1...Self.length(of: month, in: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    package var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// The first moment after it in UTC, in seconds since 1970.
    package var end: Double {
        let leapDays = (1970..<year).reduce(0) { $0 + (Self.isLeap($1) ? 1 : 0) }
        let months = (1..<month).reduce(0) { $0 + Self.length(of: $1, in: year) }
        return Double((year - 1970) * 365 + leapDays + months + day) * 86_400
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.year, lhs.month, lhs.day) < (rhs.year, rhs.month, rhs.day)
    }
}
