/// The pause between attempts to open a connection while they fail: doubling from 100 ms to 10 s, a fifth more or
/// less by jitter, so that many pools do not knock in step.
struct OpenBackoff: Sendable {
    /// In nanoseconds.
    static let shortest: Int64 = 100_000_000
    static let longest: Int64 = 10_000_000_000

    private var failures = 0
    /// Before then nothing is tried; nil while attempts succeed.
    private(set) var nextAttempt: PoolTime?
    /// What the last attempt threw; nil once one has succeeded.
    private(set) var cause: (any Error)?

    /// - Parameter jitter: a random number in 0..<1.
    mutating func failed(_ error: any Error, at now: PoolTime, jitter: Double) {
        let doubled = Self.shortest * (1 << min(failures, 10))
        failures += 1
        cause = error
        nextAttempt = now + Int64(Double(min(doubled, Self.longest)) * (0.8 + 0.4 * jitter))
    }

    mutating func succeeded() { self = OpenBackoff() }
}
