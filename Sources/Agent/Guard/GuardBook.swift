import Observations
import Sessions

/// What the guard remembers of what it has done, or would have done, in one mode. Pure: the time comes in, in seconds of
/// a clock that only goes forward. Bounded by the sessions of a sample and the rate limit.
struct GuardBook: Sendable {
    /// Seconds that a cancelled statement has to end before its session is ended.
    static let grace = 10.0
    /// Seconds after which what failed is tried again.
    static let retryPause = 60.0
    /// Seconds for which the rate limit counts.
    static let window = 60.0

    private struct Treatment {
        let episode: GuardEpisode
        let action: SessionAction
        let time: Double
        /// Whether it was signalled. Nothing follows on what was not.
        var isDone = false
        /// When it may be tried again; nil when it may not.
        var retryTime: Double?
    }

    private let rateLimit: Int
    private var treated: [SessionIdentity: Treatment] = [:]
    /// When the last actions were begun, the oldest first.
    private var begun: [Double] = []
    private var heldBack: Set<GuardEpisode> = []

    init(rateLimit: Int) {
        self.rateLimit = rateLimit
    }

    /// What is to be done to a session that is beyond a policy's limit; nil when it has been dealt with.
    func nextAction(of policy: GuardPolicy, on episode: GuardEpisode, at now: Double) -> SessionAction? {
        guard let last = treated[episode.session], last.episode == episode else { return policy.trigger.firstAction }
        if let retryTime = last.retryTime {
            return now >= retryTime && policy.actions.contains(last.action) ? last.action : nil
        }
        // Cancelling has not helped.
        let mayEscalate = last.action == .cancel && policy.action == .terminate && last.isDone
        return mayEscalate && now - last.time >= Self.grace ? .terminate : nil
    }

    /// Takes an action into the book, if the rate limit has room for it.
    mutating func begin(_ action: SessionAction, on episode: GuardEpisode, at now: Double) -> Bool {
        begun.removeAll { now - $0 >= Self.window }
        guard begun.count < rateLimit else { return false }
        begun.append(now)
        heldBack.remove(episode)
        treated[episode.session] = Treatment(episode: episode, action: action, time: now)
        return true
    }

    /// Remembers that the rate limit holds back an episode.
    /// - Returns: Whether that is new.
    mutating func holdBack(_ episode: GuardEpisode) -> Bool { heldBack.insert(episode).inserted }

    /// What became of an action that was begun; nil when nobody came to try it.
    mutating func conclude(_ action: GuardAction, _ outcome: ActionOutcome?, at now: Double) {
        let session = action.episode.session
        guard let treatment = treated[session], treatment.episode == action.episode else { return }
        switch outcome {
        case nil:
            // It does not count against the rate limit either.
            if let index = begun.firstIndex(of: treatment.time) { begun.remove(at: index) }
            treated[session] = nil
        case .done: treated[session]?.isDone = true
        case .insufficientPrivilege, .failed: treated[session]?.retryTime = now + Self.retryPause
        case .gone, .reused, .changed, .refused: break
        }
    }

    /// Forgets sessions that are no longer in a sample, and what is no longer beyond a limit.
    mutating func forget(allBut rows: [ActivityRow], beyond: Set<GuardEpisode>) {
        heldBack.formIntersection(beyond)
        guard !treated.isEmpty else { return }
        let present = rows.compactMap { row in
            row.backendStart.map { SessionIdentity(pid: row.pid, backendStart: $0) }
        }
        let sessions = Set(present)
        treated = treated.filter { sessions.contains($0.key) }
    }
}
