import Observations

/// Since when sessions wait for locks: as the server tells, else since they were first seen waiting.
///
/// A session that goes from one lock to the next within one statement counts as waiting all the while, until the server
/// tells a later start. Holds an entry for each session that waits now.
struct BlockClock: Sendable {
    private struct Wait {
        let since: ServerTime
        /// Which statement waits: another one of the same session is another wait.
        let statement: ServerTime?
    }

    private var waits: [Int32: Wait] = [:]

    mutating func observe(_ sample: ActivitySample, waits told: [LockWait]) {
        guard sample.hasLockWaits else { return waits = [:] }
        let starts = Dictionary(told.map { ($0.pid, $0.startedAt) }) { first, _ in first }
        var current: [Int32: Wait] = [:]
        for row in sample.rows where row.isWaitingForLock {
            var since = sample.sampledAt
            if let start = starts[row.pid] ?? nil {
                since = start
            } else if let known = waits[row.pid], known.statement == row.queryStart {
                since = known.since
            }
            current[row.pid] = Wait(since: since, statement: row.queryStart)
        }
        waits = current
    }

    /// How long a backend has waited; 0 when it does not.
    func seconds(_ pid: Int32, at time: ServerTime) -> Double {
        waits[pid].map { time.seconds(since: $0.since) } ?? 0
    }
}
