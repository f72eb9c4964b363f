/// A backend that waits for a heavyweight lock, and who is in its way, as `pg_blocking_pids` has it.
package struct LockWait: Sendable, Equatable {
    /// The waiting process; of a parallel query it may be a worker.
    package var pid: Int32
    /// Who holds the lock in a conflicting mode or stands before it in the queue; of a parallel query the leader. 0 is
    /// a prepared transaction. Empty when the wait was over by the time it was asked about.
    package var blockers: [Int32]
    /// Since when it waits for this lock (`pg_locks.waitstart`); nil before PostgreSQL 14 and where it was not asked
    /// for.
    package var startedAt: ServerTime?

    package init(pid: Int32, blockers: [Int32], startedAt: ServerTime? = nil) {
        self.pid = pid
        self.blockers = blockers
        self.startedAt = startedAt
    }
}
