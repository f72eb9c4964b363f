import Observations

/// Who blocks whom: asked only while `pg_stat_activity` shows somebody waiting for a lock, and only for those who wait.
///
/// Each call of `pg_blocking_pids` takes all partitions of the lock manager's table for a moment, and so does one read
/// of `pg_locks`, whose cost grows with the number of locks in the whole server. So at most `waiterLimit` sessions are
/// asked about, the oldest statements first, and `pg_locks` is read only at ticks at which somebody waits who did not
/// at the last. (On PostgreSQL 15 a hundred waiters took 3 to 8 ms, and with 20,000 locks in the server `pg_locks` 60
/// ms more.)
package enum BlockingSource: Source {
    package static let name = "blocking"
    package static let cadence = Cadence.everyTick

    /// Waiting backends that are asked about at one tick.
    static let waiterLimit = 100
    /// Blockers that are told of each. With the limit above it bounds the rows.
    static let blockerLimit = 50

    package static func statement(in context: SourceContext) -> String? {
        guard context.serverVersion >= 90_600, let activity = context.facts[ActivitySource.self] else { return nil }
        let pids = waiters(in: activity)
        guard !pids.isEmpty else { return nil }
        let list = pids.map(String.init).joined(separator: ",")
        let blockers = """
            FROM unnest('{\(list)}'::int4[]) AS w(pid) LEFT JOIN LATERAL \
            unnest((pg_catalog.pg_blocking_pids(w.pid))[1:\(blockerLimit)]) AS b(pid) ON true
            """
        let known = Set((context.facts[BlockingSource.self] ?? []).map(\.pid))
        guard context.serverVersion >= 140_000, !known.isSuperset(of: pids) else {
            return "SELECT w.pid, b.pid AS blocker \(blockers)"
        }
        return """
            SELECT w.pid, b.pid AS blocker, l.waitstart \(blockers) LEFT JOIN \
            (SELECT pid, min(waitstart) AS waitstart FROM pg_catalog.pg_locks WHERE NOT granted GROUP BY pid) AS l \
            ON l.pid = w.pid
            """
    }

    /// The backends to ask about: the longest running statements first.
    static func waiters(in activity: ActivitySample) -> [Int32] {
        guard activity.hasLockWaits else { return [] }
        let waiting = activity.rows.filter(\.isWaitingForLock)
        guard waiting.count > waiterLimit else { return waiting.map(\.pid) }
        func start(_ row: ActivityRow) -> ServerTime { row.queryStart ?? activity.sampledAt }
        return waiting.sorted { (start($0), $0.pid) < (start($1), $1.pid) }.prefix(waiterLimit).map(\.pid)
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [LockWait] {
        let pid = try table.required("pid")
        let blocker = try table.required("blocker")
        let start = table.column("waitstart")
        var waits: [LockWait] = []
        var position: [Int32: Int] = [:]
        for row in 0..<table.rowCount {
            guard let waiter = pid.integer(row).flatMap(Int32.init(exactly:)) else { continue }
            let index = position[waiter] ?? waits.count
            if index == waits.count {
                position[waiter] = index
                waits.append(LockWait(pid: waiter, blockers: [], startedAt: start.time(row)))
            }
            if let blocker = blocker.integer(row).flatMap(Int32.init(exactly:)) {
                waits[index].blockers.append(blocker)
            }
        }
        return waits
    }
}
