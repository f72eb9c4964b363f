/// What the guard of a target is told.
package struct GuardSettings: Sendable, Equatable {
    package var mode = GuardMode.off
    package var policies: [GuardPolicy] = []
    /// The most actions that are begun within 60 s.
    package var rateLimit = defaultRateLimit
    /// The file that gets a line of each action.
    package var auditLog: String?

    package static let defaultRateLimit = 5
    package static let rateLimitBounds = 1...1_000
    package static let policyLimit = 50
    package static let longerThanBounds: ClosedRange<Duration> = .seconds(1) ... .seconds(7 * 86_400)

    package init() {}

    /// How far a policy goes.
    func mode(of policy: GuardPolicy) -> GuardMode { min(mode, policy.mode ?? mode) }

    /// The policies that a target has, without those that are off.
    func policies(for target: String) -> [GuardPolicy] {
        policies.filter { mode(of: $0) > .off && $0.targets.cover([target]) }
    }
}
