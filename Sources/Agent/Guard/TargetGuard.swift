import Collectors
import Exposition
import Logging
import Observations
import Sessions

/// The guard of one target: between the monitor's samples and the slow lane, in which it acts.
struct TargetGuard: Sendable {
    private let settings: GuardSettings
    private let log: Logger
    private let scribe: GuardScribe
    private var watch: GuardWatch
    private var tally: GuardTally
    private var state: GuardState
    /// What waits for a session; never more than the rate limit.
    private var orders: [GuardAction] = []
    /// Ours on the server, as the last sample says.
    private var role = ""
    private var isPrivilegeToldOf = false
    private var isHidingToldOf = false

    /// Nil where it is off.
    init?(_ target: TargetConfiguration, logs: GuardLogs, log: Logger) {
        guard target.isGuarded else { return nil }
        settings = target.guardSettings
        self.log = log
        scribe = GuardScribe(target: target.name, log: log, file: logs.file(for: target))
        watch = GuardWatch(settings, target: target.name)
        tally = GuardTally(settings, target: target.name)
        let policies = settings.policies(for: target.name)
        state = GuardState(policies.map(settings.mode(of:)).max() ?? .dryRun)
        announce(policies)
    }

    /// Loud where it is meant seriously.
    private func announce(_ policies: [GuardPolicy]) {
        let list = policies.map { policy in
            let actions = policy.actions.map(\.rawValue).joined(separator: ", then ")
            let limit = DurationText.format(.seconds(policy.longerThan))
            let dry = settings.mode(of: policy) == .dryRun ? " (dry run)" : ""
            return "\(policy.name): \(actions), \(policy.trigger.rawValue) over \(limit)\(dry)"
        }.joined(separator: "; ")
        switch state {
        case .enforce:
            log.warning(
                """
                THE GUARD IS ON: it cancels statements and terminates sessions of this server by itself, at most \
                \(settings.rateLimit) a minute: \(list)
                """)
        case .dryRun, .halted:
            log.notice("the guard is in dry run: it says what it would do, and does nothing: \(list)")
        }
    }

    /// Decides about what this tick has read, where it has read the sessions.
    /// - Parameters:
    ///   - now: in seconds of a clock that only goes forward.
    ///   - time: the agent's wall clock.
    mutating func observe(_ facts: Facts, at now: Double, wallTime time: Double) {
        guard state != .halted else { return }
        // Without knowing who is a superuser nothing is decided.
        guard facts[ActivitySource.self] != nil, let roles = facts[RolesSource.self] else { return interrupt(at: now) }
        guard let sample = facts.fresh(ActivitySource.self) else { return }
        role = sample.rows.first { $0.isSelf }?.serverUser ?? ""
        tellOfHiding(sample)
        let decision = watch.observe(
            sample, superusers: Set(roles.filter(\.isSuperuser).map(\.name)), links: facts.poolerLinks, at: now)
        tally.tell(decision.spared, at: time)
        for action in decision.heldBack { tally.count(action, outcome: GuardTally.rateLimited) }
        if let first = decision.heldBack.first {
            let others = decision.heldBack.count > 1 ? " and \(decision.heldBack.count - 1) more" : ""
            log.notice(
                """
                guard: the rate limit of \(settings.rateLimit) a minute holds back \(first.policy): \
                \(first.action.rawValue) \(SessionText.name(first.row))\(others)
                """)
        }
        for action in decision.actions {
            if action.mode == .enforce { orders.append(action) } else { rehearse(action) }
        }
    }

    private mutating func rehearse(_ action: GuardAction) {
        do {
            try scribe.record(action, role: role, outcome: GuardTally.dryRun)
        } catch {
            halt(error)
        }
        tally.count(action, outcome: GuardTally.dryRun)
    }

    /// Says that the target was not sampled.
    mutating func interrupt(at now: Double) {
        watch.interrupt()
        tally.forgetSpared()
        for action in orders { watch.conclude(action, nil, at: now) }
        orders = []
    }

    /// Whether there is something to be done.
    var hasOrders: Bool { !orders.isEmpty }

    /// What is to be done now, for whoever has a session for it.
    mutating func takeOrders() -> [GuardAction] {
        defer { orders = [] }
        return orders
    }

    /// Acts on orders over a lent session, within bounds.
    var hand: GuardHand { GuardHand(role: role, scribe: scribe) }

    mutating func conclude(_ report: GuardReport, at now: Double) {
        for action in report.untried { watch.conclude(action, nil, at: now) }
        for (action, outcome) in report.results {
            watch.conclude(action, outcome, at: now)
            tally.count(action, outcome: outcome.word)
            tell(outcome, of: action)
        }
        if let halt = report.halt { self.halt(halt) }
    }

    private mutating func tell(_ outcome: ActionOutcome, of action: GuardAction) {
        switch outcome {
        case .insufficientPrivilege(let advice):
            guard !isPrivilegeToldOf else { return }
            isPrivilegeToldOf = true
            log.warning("guard: our role \(role) may not \(action.action.rawValue) sessions: \(advice)")
        case .done: isPrivilegeToldOf = false
        case .gone, .reused, .changed, .refused, .failed: break
        }
    }

    private mutating func tellOfHiding(_ sample: ActivitySample) {
        let hides = sample.groups.contains { sample.hasHidden(in: $0) }
        if hides, !isHidingToldOf {
            log.warning(
                """
                guard: what some sessions do is hidden from our role, and they are left alone: \
                GRANT pg_read_all_stats TO \(SQLName.quoted(role))
                """)
        }
        isHidingToldOf = hides
    }

    private mutating func halt(_ error: SessionsError) {
        guard state != .halted else { return }
        state = .halted
        orders = []
        tally.forgetSpared()
        log.error("guard: \(error): it does nothing more until the agent is started again")
    }

    func emit(into builder: inout SnapshotBuilder) {
        for each in GuardState.allCases {
            builder.add(
                GuardFamilies.mode, ["mode": each.rawValue], each == state ? 1 : 0, evenWhenDown: true)
        }
        tally.emit(into: &builder)
    }
}
