import Observations

/// One session of a server, as people look at it: what `pg_stat_activity` says, and what it takes to judge it.
package struct SessionRow: Sendable, Equatable {
    package var activity: ActivityRow
    /// By the server's clock, when the row was read. All ages are taken against it.
    package var sampledAt: ServerTime
    /// Whether its role is a superuser.
    package var isSuperuser = false
    /// Backends that keep it waiting for a lock; of at most a hundred waiting sessions at once, at most fifty each.
    package var blockedBy: [Int32] = []
    /// How many of the sessions listed it keeps waiting directly.
    package var blocks = 0
    /// The first 1,000 characters of its current or last statement; nil unless they were asked for.
    package var query: String?
    /// The client of a pooler that holds it now.
    package var client: PoolerLink?

    package init(_ activity: ActivityRow, sampledAt: ServerTime) {
        self.activity = activity
        self.sampledAt = sampledAt
    }

    package var pid: Int32 { activity.pid }

    /// It feeds a standby or another receiver of the write-ahead log.
    package var isReplication: Bool { activity.backendType == "walsender" }

    /// Whether privileges hide what it does, and since when it is there.
    package var isHidden: Bool { activity.backendStart == nil }

    package var isRunning: Bool { activity.state?.isRunning ?? false }

    /// Seconds that it has been at what it is at: its statement's age while one runs, else the time since its last one
    /// ended. Nil where that is hidden.
    package var age: Double? {
        let since = isRunning ? activity.queryStart : activity.stateChange
        return (since ?? activity.backendStart).map { sampledAt.seconds(since: $0) }
    }

    /// Seconds since its open transaction began; nil when it has none.
    package var transactionAge: Double? { activity.transactionStart.map { sampledAt.seconds(since: $0) } }

    /// What names it for good: a process id alone is used again.
    package var identity: SessionIdentity? {
        activity.backendStart.map { SessionIdentity(pid: pid, backendStart: $0) }
    }

    /// Where its client is, as its server sees it: an address, or `unix`; nil where that is hidden.
    package var address: String? { isHidden ? nil : activity.clientAddress ?? "unix" }
}

/// A backend: a process id, and when that process became one.
package struct SessionIdentity: Sendable, Hashable {
    package let pid: Int32
    package let backendStart: ServerTime

    package init(pid: Int32, backendStart: ServerTime) {
        self.pid = pid
        self.backendStart = backendStart
    }
}
