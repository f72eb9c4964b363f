import Collectors
import Observations

/// Which sources of a target are due at a tick. The time comes in as a value.
///
/// A tick is a sample, or lies between two: then only what is cheap is read, so that the load shows at every tick.
struct SourceSchedule {
    typealias Instant = ContinuousClock.Instant

    private let sources: [any Source.Type]
    private var dueAt: [String: Instant] = [:]
    /// Samples that a source with large answers still lets pass.
    private var samplesToPass: [String: Int] = [:]
    /// Nil before the first sample of a session.
    private var ticksSinceSample: Int?
    private var unavailable: Set<String> = []
    /// What is read seldom is read this often all the same.
    private let longestPause: Duration?

    /// - Parameters:
    ///   - others: Sources that no collector needs.
    ///   - longestPause: What is read seldom is read this often all the same.
    init(kind: TargetKind, others: [any Source.Type] = [], longestPause: Duration? = nil) {
        self.longestPause = longestPause
        // What is due at every tick first: if time runs out, it does so for what can wait.
        let all = Collectors.sources(for: kind) + others
        sources = all.filter { $0.cadence.isOfTick } + all.filter { !$0.cadence.isOfTick }
    }

    /// A new session starts from nothing.
    mutating func reset() {
        (dueAt, samplesToPass, unavailable, ticksSinceSample) = ([:], [:], [], nil)
    }

    /// Begins a tick and says what is to be read in it, in this order. The target is up when the first was read.
    /// - Parameters:
    ///   - stretch: How many ticks a sample stands for.
    ///   - mustSample: Whether this tick is a sample however few have passed: what the last sample said is over.
    mutating func beginTick(at now: Instant, stretch: Int = 1, mustSample: Bool = false) -> [any Source.Type] {
        let ticks = ticksSinceSample.map { $0 + 1 } ?? stretch
        let isSample = mustSample || ticks >= stretch
        ticksSinceSample = isSample ? 0 : ticks
        return sources.filter { !unavailable.contains($0.name) && isDue($0, isSample: isSample, at: now) }
    }

    private mutating func isDue(_ source: any Source.Type, isSample: Bool, at now: Instant) -> Bool {
        switch source.cadence {
        case .everyTick: return isSample
        case .everyTickUnstretched: return true
        case .betweenSamples: return !isSample
        case .every: return dueAt[source.name].map { now >= $0 } ?? true
        case .everyTickUpTo:
            guard isSample, let samples = samplesToPass[source.name], samples > 0 else { return isSample }
            samplesToPass[source.name] = samples - 1
            return false
        }
    }

    /// Takes in an answer to a statement sent at `started`.
    /// - Parameter pace: How many samples it stands for, where the source has a pace of its own.
    mutating func answered(_ source: any Source.Type, pace: Int = 1, started: Instant) {
        switch source.cadence {
        case .everyTick, .everyTickUnstretched, .betweenSamples: break
        // A little early rather than a tick late.
        case .every(let pause):
            dueAt[source.name] = started + min(pause, longestPause ?? pause) - .milliseconds(50)
        case .everyTickUpTo: samplesToPass[source.name] = max(1, pace) - 1
        }
    }

    /// The server does not know the command: it is not asked again in this session.
    mutating func isUnavailable(_ source: any Source.Type) {
        unavailable.insert(source.name)
    }
}
