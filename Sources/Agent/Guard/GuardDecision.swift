import Sessions

/// Why the guard leaves a session alone that is at it for too long.
enum GuardSpareReason: Sendable, Hashable {
    case rule(SpareReason)
    /// Poolscope's: of our role, or by its name.
    case poolscope
    /// A list of the policy has it under `except`.
    case exempt

    /// The value of the label `reason`.
    var word: String {
        switch self {
        case .rule(let reason): reason.rawValue
        case .poolscope: "poolscope"
        case .exempt: "exempt"
        }
    }
}

/// What one sample comes to.
struct GuardDecision: Sendable {
    struct Spared: Sendable, Hashable {
        let policy: String
        let reason: GuardSpareReason
    }

    /// In the order of the policies, of each the longest first.
    var actions: [GuardAction] = []
    /// What waits for the rate limit; each is told once.
    var heldBack: [GuardAction] = []
    /// How many sessions are beyond a policy's limit, and left alone.
    var spared: [Spared: Int] = [:]
}
