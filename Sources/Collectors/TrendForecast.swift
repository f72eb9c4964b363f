import Foundation

/// When a pool will be full, if it goes on filling as it does now. Pure: the time comes in as a value.
///
/// It answers only where the use of the pool is a rising line: a step, a sawtooth, noise and growth that has stopped
/// are none. A trend that begins shows after two minutes of it, one that ends is gone within four.
struct TrendForecast: Sendable {
    /// A forecast beyond this is none.
    static let horizon = 7 * 86_400.0
    /// Seconds of samples before the first forecast; also the longest gap that a trend survives.
    static let leastSpan = 120.0
    /// The least share of the variance that the line must explain. The fit of a step explains 0.75 at most.
    static let leastExplained = 0.9
    /// What counts is smoothed with this time constant, in seconds, so that noise from sample to sample does not hide a
    /// trend.
    static let smoothing = 15.0

    private var level = 0.0
    private var firstAt: Double?
    private var lastAt = 0.0
    private var trend = WeightedLine(halfLife: 300)
    /// Follows faster: it says whether the trend still holds.
    private var recent = WeightedLine(halfLife: 60)

    /// Takes in how much was in use.
    /// - Parameter time: Seconds by any clock, always the same one. A sample that is not later than the one before is
    ///   left out.
    mutating func observe(_ used: Double, at time: Double) {
        guard let firstAt, time - lastAt <= Self.leastSpan, time >= firstAt else { return restart(used, at: time) }
        let elapsed = time - lastAt
        guard elapsed > 0 else { return }
        lastAt = time
        level += (used - level) * (1 - exp(-elapsed / Self.smoothing))
        trend.add(level, after: elapsed)
        recent.add(level, after: elapsed)
    }

    /// Begins anew: there were no samples yet, or none for so long that nobody knows what happened.
    private mutating func restart(_ used: Double, at time: Double) {
        self = TrendForecast()
        (level, firstAt, lastAt) = (used, time, time)
        trend.add(used, after: 0)
        recent.add(used, after: 0)
    }

    /// Seconds until `limit` is in use at the present trend: 0 when it has been for about a minute, nil when the use
    /// does not grow, or so slowly that the limit is more than seven days away.
    func seconds(toReach limit: Double) -> Double? {
        guard let firstAt, limit > 0 else { return nil }
        if level >= max(limit - 0.5, limit * 0.98) { return 0 }
        let span = lastAt - firstAt
        guard span >= Self.leastSpan, let line = trend.fit, let now = recent.fit else { return nil }
        guard line.slope > 0, line.explained >= Self.leastExplained, now.slope >= line.slope / 2 else { return nil }
        // Less than a connection is no growth.
        guard line.slope * min(span, trend.halfLife) >= 1 else { return nil }
        // What is smoothed lags behind a rising line by the time constant.
        let seconds = max(0, (limit - line.value) / line.slope - Self.smoothing)
        return seconds <= Self.horizon ? seconds : nil
    }
}
