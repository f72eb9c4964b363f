import Exposition
import Sessions

/// What the guard says of itself; absent where it is off.
enum GuardFamilies {
    static let mode = FamilyDescriptor(
        "poolscope_guard_mode", .stateset, labels: ["mode"], lifetime: .kept,
        help:
            "What the guard does: dry_run (it only says what it would do), enforce, or halted (it did enforce, and its "
            + "audit log could not be written). Absent where it is off.")
    static let actions = FamilyDescriptor(
        "poolscope_guard_actions_total", .counter, labels: ["policy", "action", "outcome"],
        help:
            "What the guard did to sessions, or would have done. dry_run: nothing was done. done: the signal was sent. "
            + "gone, changed, reused: the session had ended, moved on, or its process id was another's; not touched. "
            + "refused: it became one that is never touched. rate_limited: held back, counted once for each session and "
            + "what it is at; it is acted on later unless it moves on.")
    static let spared = FamilyDescriptor(
        "poolscope_guard_spared_sessions", .gauge, labels: ["policy", "reason"],
        help: "Sessions beyond the limit of a policy at the last sample that the guard leaves alone, by why. exempt: a "
            + "list of the policy excepts them.")

    static let all = [mode, actions, spared]
}

/// The states of the guard of a target, as `poolscope_guard_mode` has them.
enum GuardState: String, CaseIterable {
    case dryRun = "dry_run"
    case enforce, halted

    init(_ mode: GuardMode) {
        self = mode == .enforce ? .enforce : .dryRun
    }
}

/// Counts what the guard does.
struct GuardTally: Sendable {
    static let dryRun = "dry_run"
    static let rateLimited = "rate_limited"
    private static let outcomes = [
        "done", "gone", "changed", "reused", "refused", "insufficient_privilege", "failed",
    ]

    // Each policy has two actions and nine outcomes at most: nothing is ever folded.
    private var actions = CounterVector(GuardFamilies.actions, limit: GuardSettings.policyLimit * 18)
    private var spared: [GuardDecision.Spared: Int] = [:]

    /// Every series is there from the start, so that its first increase can be seen.
    init(_ settings: GuardSettings, target: String) {
        for policy in settings.policies(for: target) {
            let isDry = settings.mode(of: policy) == .dryRun
            for action in isDry ? [policy.trigger.firstAction] : policy.actions {
                for outcome in (isDry ? [Self.dryRun] : Self.outcomes) + [Self.rateLimited] {
                    actions.add(0, Self.labels(policy.name, action, outcome))
                }
            }
        }
    }

    private static func labels(_ policy: String, _ action: SessionAction, _ outcome: String) -> Labels {
        ["policy": policy, "action": action.rawValue, "outcome": outcome]
    }

    mutating func count(_ action: GuardAction, outcome: String) {
        actions.add(1, Self.labels(action.policy, action.action, outcome))
    }

    mutating func tell(_ spared: [GuardDecision.Spared: Int], at time: Double) {
        self.spared = spared
        actions.tell(time)
    }

    /// Says that nothing is known of the moment.
    mutating func forgetSpared() { spared = [:] }

    func emit(into builder: inout SnapshotBuilder) {
        actions.emit(into: &builder)
        for (spared, count) in spared {
            builder.add(
                GuardFamilies.spared, ["policy": spared.policy, "reason": spared.reason.word], Double(count))
        }
    }
}
