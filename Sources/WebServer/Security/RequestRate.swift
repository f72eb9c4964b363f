/// How many requests are answered: one in an interval on average, so many at once at most. As exporter-toolkit's
/// `rate_limit`.
package struct RequestRate: Sendable, Hashable {
    /// More than zero.
    package let interval: Duration
    /// At least 0; 0 answers none.
    package let burst: Int

    package init(interval: Duration, burst: Int) {
        precondition(interval > .zero && burst >= 0, "a rate has an interval and a burst")
        self.interval = interval
        self.burst = burst
    }
}

/// A bucket that one request takes a token from. Pure: the time is a value.
struct RequestBucket: Sendable {
    private let rate: RequestRate
    /// When it is full again.
    private var fullAt: ContinuousClock.Instant?

    init(_ rate: RequestRate) {
        self.rate = rate
    }

    /// Takes a token, if there is one.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        let next = (fullAt.map { max($0, now) } ?? now) + rate.interval
        guard next - now <= rate.interval * rate.burst else { return false }
        fullAt = next
        return true
    }
}
