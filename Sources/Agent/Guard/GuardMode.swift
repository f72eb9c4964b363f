/// Whether the guard acts. Each word does all that the one before it does, and more.
package enum GuardMode: String, Sendable, CaseIterable, Comparable {
    /// It looks at nothing.
    case off
    /// It decides, counts and writes down what it would do, and does nothing.
    case dryRun = "dry_run"
    case enforce

    package static func < (lhs: GuardMode, rhs: GuardMode) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .off: 0
        case .dryRun: 1
        case .enforce: 2
        }
    }
}
