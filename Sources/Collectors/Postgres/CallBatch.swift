import Observations

/// Calls of one statement that the server counted between two reads: how many, their total time and the sum of the
/// squares of their times. These three tell nearly always whether a call of a given duration can be among them.
struct CallBatch: Sendable, Equatable {
    private(set) var calls: UInt64 = 0
    private(set) var seconds = 0.0
    private(set) var squares = 0.0

    /// More than any server can count between two reads, or run in one: such figures are nonsense and left out.
    private static let mostCalls: Int64 = 1_000_000_000
    private static let mostSeconds = 1e9

    init() {}

    /// What was counted since `earlier`; with nil, or when the entry was made anew since, all of it.
    /// Nil for figures that cannot be true.
    init?(_ counters: StatementTotals, since earlier: StatementTotals?) {
        let base = earlier.flatMap { counters.continues($0) ? $0 : nil } ?? StatementTotals.zero
        let (calls, overflow) = counters.calls.subtractingReportingOverflow(base.calls)
        let seconds = counters.seconds - base.seconds
        guard !overflow, (0...Self.mostCalls).contains(calls), abs(seconds) <= Self.mostSeconds else { return nil }
        self.calls = UInt64(calls)
        self.seconds = calls > 0 ? max(0, seconds) : 0
        // No set of times has squares beyond these two bounds; rounding may pass them a little.
        let squares = counters.squares - base.squares
        let least = calls > 0 ? self.seconds * self.seconds / Double(calls) : 0
        self.squares = squares.isFinite ? min(max(squares, least), self.seconds * self.seconds) : least
    }

    var mean: Double { calls > 0 ? seconds / Double(calls) : 0 }

    mutating func add(_ other: CallBatch) {
        calls += other.calls
        seconds += other.seconds
        squares += other.squares
    }

    /// The time of the call that was observed, as the server has counted it: within `range`, nearest to `observed`.
    /// Nil when no such call can be in this batch.
    func time(of observed: Double, within range: ClosedRange<Double>) -> Double? {
        guard calls > 0 else { return nil }
        let count = Double(calls)
        // No value is further from the mean than √(n−1) standard deviations (Samuelson's inequality).
        let spread = max(0, (count - 1) / count * (squares - seconds * mean)).squareRoot()
        let low = max(0, mean - spread)
        let high = min(seconds, mean + spread)
        // And the squares of the others, none negative, are at most the square of their sum. Where one call outweighs
        // all others, this leaves a gap between it and them.
        let dominance = 2 * squares - seconds * seconds
        guard calls > 1, dominance > 0 else { return Self.nearest(to: observed, low, high, within: range) }
        let half = dominance.squareRoot() / 2
        let small = Self.nearest(to: observed, low, min(high, seconds / 2 - half), within: range)
        let large = Self.nearest(to: observed, max(low, seconds / 2 + half), high, within: range)
        guard let small, let large else { return small ?? large }
        return abs(small - observed) <= abs(large - observed) ? small : large
    }

    private static func nearest(
        to observed: Double, _ low: Double, _ high: Double, within range: ClosedRange<Double>
    ) -> Double? {
        // The bounds are differences of large sums: a microsecond and a millionth are rounding.
        let slack = 0.000_001 + 0.000_001 * high.magnitude
        let bottom = max(low, range.lowerBound)
        let top = min(high, range.upperBound)
        guard bottom <= top + slack else { return nil }
        return min(max(observed, min(bottom, top)), max(bottom, top))
    }

    /// Takes one call of this time out.
    /// - Precondition: There is one.
    mutating func remove(_ time: Double) {
        calls -= 1
        // With the last call goes what is left of the time. A rounding error must not turn the sums negative, nor may
        // the squares be less than equal times have.
        seconds = calls > 0 ? max(0, seconds - time) : 0
        squares = calls > 0 ? max(squares - time * time, seconds * seconds / Double(calls)) : 0
    }
}

/// The counters of one entry of pg_stat_statements, in the form in which differences can be taken.
struct StatementTotals: Sendable, Equatable {
    let calls: Int64
    let seconds: Double
    /// The sum of the squares of the calls' times, from their deviation.
    let squares: Double
    let since: ServerTime?

    static let zero = StatementTotals(calls: 0, seconds: 0, squares: 0, since: nil)

    init(_ counters: StatementCounters) {
        calls = counters.calls
        seconds = counters.seconds.isFinite ? counters.seconds : 0
        let mean = calls > 0 ? seconds / Double(calls) : 0
        squares = Double(max(0, calls)) * (counters.deviation * counters.deviation + mean * mean)
        since = counters.since
    }

    private init(calls: Int64, seconds: Double, squares: Double, since: ServerTime?) {
        (self.calls, self.seconds, self.squares, self.since) = (calls, seconds, squares, since)
    }

    /// Whether the entry is the one of then, with only more in it: not reset, nor evicted and made anew.
    func continues(_ earlier: StatementTotals) -> Bool {
        // A hair less time is rounding, as of a sum that was saved and read again.
        since == earlier.since && calls >= earlier.calls && seconds >= earlier.seconds * (1 - 1e-9)
    }
}
