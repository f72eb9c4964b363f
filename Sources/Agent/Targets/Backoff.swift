/// How long to wait before the next attempt to connect: doubling from one second, never less, at most five plus jitter.
///
/// The bound is low on purpose: one attempt every few seconds harms nobody, and after an outage the agent must be
/// back within seconds.
struct Backoff {
    static let shortest: Duration = .seconds(1)
    static let longest: Duration = .seconds(5)

    private var failures = 0

    /// The pause after one more failure.
    /// - Parameter jitter: a random number in 0..<1; it lengthens the pause by up to a quarter, so that a thousand
    ///   targets behind one failed network do not come back in step.
    mutating func pauseAfterFailure(jitter: Double) -> Duration {
        let doubled = Self.shortest * (1 << min(failures, 10))
        failures += 1
        return min(doubled, Self.longest) * (1 + jitter / 4)
    }

    mutating func reset() {
        failures = 0
    }
}
