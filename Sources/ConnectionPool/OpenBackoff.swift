/// The pause between attempts to open a connection while they fail.
struct OpenBackoff: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// `PoolConfiguration.openBackoff`.
    let bounds: ClosedRange<Duration>
    private var failures = 0
    /// Before then nothing is tried; nil while attempts succeed, and while one is under way.
    private(set) var nextAttempt: Instant?
    /// What the last attempt threw; nil once one has succeeded.
    private(set) var cause: (any Error)?

    init(_ bounds: ClosedRange<Duration>) {
        self.bounds = bounds
    }

    /// - Parameter jitter: a random number in 0..<1.
    mutating func failed(_ error: any Error, at now: Instant, jitter: Double) {
        let doubled = bounds.lowerBound * (1 << min(failures, 10))
        failures += 1
        cause = error
        nextAttempt = now + min(doubled, bounds.upperBound) * (0.8 + 0.4 * jitter)
    }

    mutating func attempted() { nextAttempt = nil }

    mutating func succeeded() { self = OpenBackoff(bounds) }
}
