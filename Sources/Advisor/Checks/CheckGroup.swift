/// What checks are about.
package enum CheckGroup: String, Sendable, CaseIterable {
    /// Whether the target can be looked at at all.
    case reachability
    /// What every system with a connection pool should have.
    case checklist
    case pgbouncer
    case server

    package var title: String {
        switch self {
        case .reachability: "Reachability"
        case .checklist: "The checklist"
        case .pgbouncer: "PgBouncer"
        case .server: "The server"
        }
    }
}

/// How bad a finding is.
package enum CheckSeverity: String, Sendable, CaseIterable, Comparable {
    /// Could be better; nothing breaks.
    case info
    /// Will hurt under load, or hides trouble.
    case warning
    /// Hurts now, or takes the system down when one thing more goes wrong.
    case critical

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }
}
