/// The pause between attempts to open a connection while they fail.
struct OpenBackoff: Sendable {
    /// `PoolConfiguration.openBackoff`, in nanoseconds.
    let bounds: ClosedRange<Int64>
    private var failures = 0
    /// Before then nothing is tried; nil while attempts succeed.
    private(set) var nextAttempt: PoolTime?
    /// What the last attempt threw; nil once one has succeeded.
    private(set) var cause: (any Error)?

    init(_ bounds: ClosedRange<Duration>) {
        self.bounds = bounds.lowerBound.boundedNanoseconds...bounds.upperBound.boundedNanoseconds
    }

    /// - Parameter jitter: a random number in 0..<1.
    mutating func failed(_ error: any Error, at now: PoolTime, jitter: Double) {
        let doubled = Double(bounds.lowerBound) * Double(1 << min(failures, 20))
        failures += 1
        cause = error
        nextAttempt = now + Int64(min(doubled, Double(bounds.upperBound)) * (0.8 + 0.4 * jitter))
    }

    mutating func succeeded() { (failures, nextAttempt, cause) = (0, nil, nil) }
}
