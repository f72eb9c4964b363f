import Observations

extension ServerTime {
    /// `2026-11-26T21:20:01.123456Z`, to the microsecond: what PostgreSQL reads back as the very same moment.
    package var iso8601: String {
        let microsecondsOfDay: Int64 = 86_400_000_000
        var (day, rest) = microseconds.quotientAndRemainder(dividingBy: microsecondsOfDay)
        if rest < 0 {
            day -= 1
            rest += microsecondsOfDay
        }
        let date = Self.date(day: day)
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        func padded(_ number: Int64, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(clock)."
            + "\(padded(fraction, 6))Z"
    }

    /// The date so many days after 2000-01-01, in the Gregorian calendar.
    private static func date(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Counted from 0000-03-01, so that the day that some years have comes last (Hinnant, “days from civil”).
        let shifted = day + 730_425
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
