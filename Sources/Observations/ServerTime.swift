/// A point in time by the watched server's clock: microseconds since 2000-01-01 UTC, as PostgreSQL counts.
///
/// Ages are differences of two of these; the agent's own clock never enters.
package struct ServerTime: Sendable, Hashable, Comparable {
    package let microseconds: Int64

    /// Seconds from 1970-01-01 to 2000-01-01.
    private static let epochOffset: Double = 946_684_800

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// From seconds since 1970.
    package init(unixSeconds: Double) {
        microseconds = Int64(((unixSeconds - Self.epochOffset) * 1_000_000).rounded())
    }

    /// Seconds since 1970, as Prometheus wants timestamps.
    package var unixSeconds: Double { Double(microseconds) / 1_000_000 + Self.epochOffset }

    /// Seconds from an earlier time to this one; 0 when the other is later, for ages are never negative.
    package func seconds(since earlier: ServerTime) -> Double {
        // Saturating: a nonsensical timestamp ('infinity') must not trap.
        let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return overflow ? 0 : max(0, Double(difference) / 1_000_000)
    }

    package static func < (lhs: ServerTime, rhs: ServerTime) -> Bool { lhs.microseconds < rhs.microseconds }
}
