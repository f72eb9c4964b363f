/// What an action may touch beyond ordinary clients.
package struct ActionPermissions: Sendable, Equatable {
    package var includesSuperusers = false
    package var includesReplication = false

    package init(includesSuperusers: Bool = false, includesReplication: Bool = false) {
        self.includesSuperusers = includesSuperusers
        self.includesReplication = includesReplication
    }

    /// Why this session is left alone; nil when it is not.
    package func reasonToSpare(_ row: SessionRow, from action: SessionAction) -> SpareReason? {
        if row.activity.isSelf { return .ownSession }
        if !row.activity.isClientBackend, !row.isReplication { return .notClient }
        if row.isReplication, !includesReplication { return .replication }
        if row.isSuperuser, !includesSuperusers { return .superuser }
        if row.isHidden { return .hidden }
        if action == .cancel, !row.isRunning { return .noStatement }
        return nil
    }
}

/// Why a session is left alone.
package enum SpareReason: String, Sendable, CaseIterable {
    case ownSession = "own_session"
    case superuser
    case replication
    /// A background process.
    case notClient = "not_a_client"
    /// Privileges hide when it began, and without that it cannot be told from another with its process id.
    case hidden
    /// There is nothing to cancel.
    case noStatement = "no_statement"

    /// As the rest of a sentence about one session.
    package var sentence: String {
        switch self {
        case .ownSession: "is Poolscope's own session"
        case .superuser: "is a superuser's (--include-superusers)"
        case .replication: "feeds a replica or a receiver of the log (--include-replication)"
        case .notClient: "is a background process"
        case .hidden: "is hidden from our role (grant it pg_read_all_stats, or pg_monitor)"
        case .noStatement: "runs no statement (terminate ends the session)"
        }
    }
}
