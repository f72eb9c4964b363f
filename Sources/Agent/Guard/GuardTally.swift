import Exposition
import Sessions

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
