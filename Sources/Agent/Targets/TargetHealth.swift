import ConnectionPool
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

extension TargetProblem {
    /// Why a target's pool lent no session; nil when it says nothing of the target: while the first attempt to connect
    /// is under way, and when the agent stops.
    init?(_ error: PoolError) {
        switch error.code {
        case .shutdown, .cancelled, .invalidConfiguration, .tooManyWaiters: return nil
        case .acquireTimeout, .cannotConnect:
            guard let cause = error.underlying else { return nil }
            self = cause as? TargetProblem ?? TargetProblem(state: .timeout, sentence: "connecting: \(cause)")
        }
    }
}

/// The state of one target: what it is, and why. It decides and does nothing.
struct TargetHealth {
    private(set) var state = TargetState.connecting
    /// What the last failure said; nil when all is well.
    private(set) var sentence: String?

    /// The session is gone, or could not be had.
    mutating func lost(_ problem: TargetProblem) {
        (state, sentence) = (problem.state, problem.sentence)
    }

    /// A statement of an earlier tick has not been answered in this one, either.
    mutating func unanswered() {
        (state, sentence) = (.timeout, "the last statement has not been answered yet")
    }

    /// No session could be had, and nobody knows why: a new one is being opened.
    mutating func isWithoutSession() {
        guard state == .up else { return }
        (state, sentence) = (.disconnected, "the session was lost, and a new one is being opened")
    }

    /// Takes in what a tick's own reads came to. The first of them decides whether the target is up: it is what every
    /// tick is for; the others have no say.
    /// - Returns: Why the session is lost; nil if it is not.
    mutating func sampled(_ readings: [SourceReading]) -> TargetProblem? {
        if let lost = readings.compactMap(\.error).first(where: \.isConnectionLost) { return TargetProblem(lost) }
        if let primary = readings.first, primary.outcome != .ok {
            state = primary.error.map { TargetState($0) } ?? .disconnected
            sentence = primary.problem ?? "\(primary.source.name) could not be read"
        } else {
            (state, sentence) = (.up, nil)
        }
        return nil
    }
}
