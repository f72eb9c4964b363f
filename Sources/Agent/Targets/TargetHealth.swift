import Observations
import Postgres

/// Why a target cannot be sampled now: the state and one sentence for people.
struct TargetProblem: Error, Equatable {
    let state: TargetState
    let sentence: String
    /// Which limit was full, where the target said so.
    let refusal: Refusal?

    init(state: TargetState, sentence: String, refusal: Refusal? = nil) {
        self.state = state
        self.sentence = sentence
        self.refusal = refusal
    }

    init(_ error: PostgresError) {
        self.init(state: TargetState(error), sentence: error.message, refusal: Refusal(error))
    }
}

/// The state of one target: what it is, since what it saw, and when to connect again. It decides and does nothing;
/// the time comes in as a value.
struct TargetHealth {
    typealias Instant = ContinuousClock.Instant

    /// How long a statement may stay unanswered before its session is given up. Until then the session is kept: on a
    /// full server it could not be had again.
    static let patience: Duration = .seconds(15)

    private(set) var state = TargetState.connecting
    /// What the last failure said; nil when all is well.
    private(set) var sentence: String?

    private var backoff = Backoff()
    /// Nil: at once.
    private var nextAttempt: Instant?
    private var pendingSince: Instant?

    /// Whether it is time to connect, for a target without a session.
    func mayConnect(at now: Instant) -> Bool {
        nextAttempt.map { now >= $0 } ?? true
    }

    /// A session was opened. The state changes only with its first sample.
    mutating func opened() {
        pendingSince = nil
    }

    /// The session is gone, or could not be had.
    /// - Parameter jitter: a random number in 0..<1.
    mutating func lost(_ problem: TargetProblem, at now: Instant, jitter: Double) {
        pendingSince = nil
        nextAttempt = now + backoff.pauseAfterFailure(jitter: jitter)
        (state, sentence) = (problem.state, problem.sentence)
    }

    /// A statement of an earlier tick has not been answered in this one, either.
    /// - Returns: Whether to keep the session and wait on.
    mutating func unanswered(at now: Instant) -> Bool {
        (state, sentence) = (.timeout, "the last statement has not been answered yet")
        return now - (pendingSince ?? now) < Self.patience
    }

    /// Takes in what a tick's reads came to. The first of them decides whether the target is up: it is what every
    /// tick is for; a slower source that fails has no say.
    /// - Parameter isPending: whether a statement is still under way.
    /// - Returns: Why the session is to be given up; nil to keep it.
    mutating func sampled(_ readings: [SourceReading], isPending: Bool, at now: Instant) -> TargetProblem? {
        if let lost = readings.compactMap(\.error).first(where: \.isConnectionLost) { return TargetProblem(lost) }
        pendingSince = isPending ? pendingSince ?? now : nil
        if let primary = readings.first, primary.outcome != .ok {
            state = primary.error.map { TargetState($0) } ?? .disconnected
            sentence = primary.problem ?? "\(primary.source.name) could not be read"
        } else {
            (state, sentence) = (.up, nil)
            backoff.reset()
        }
        return nil
    }
}
