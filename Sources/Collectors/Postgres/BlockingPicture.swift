import Exposition
import Observations

/// Who is blocked and by whom, as one sample of `pg_stat_activity` and the answers about those who wait show it
/// together.
///
/// The two were read one after the other: who is said to block may have come since the sample, or be a prepared
/// transaction.
struct BlockingPicture {
    struct Root {
        let database: String
        let waiters: BlockingGraph.Waiters
        /// Nil when the sample does not show it.
        let row: ActivityRow?
        let isPrepared: Bool

        func labels(_ links: PoolerLinks) -> Labels {
            let state = isPrepared ? "prepared transaction" : row?.state?.name ?? ""
            let labels = row.map { SessionLabels.labels(of: $0, behind: links[$0]) }
            return (labels ?? SessionLabels.unknown(database: database)).adding("state", state)
        }
    }

    /// Databases with client sessions of whom it is known whether they wait.
    private(set) var databases: Set<String> = []
    /// The pids of waiting processes of client sessions, each session once, by database.
    private(set) var blocked: [String: [Int32]] = [:]
    private(set) var roots: [Root] = []

    init(_ sample: ActivitySample, waits: [LockWait]) {
        var hidden: Set<String> = []
        for group in sample.groups where group.traits.isClientBackend && !group.traits.isSelf {
            databases.insert(group.traits.database ?? "")
            if sample.hasHidden(in: group) { hidden.insert(group.traits.database ?? "") }
        }
        databases.subtract(hidden)
        guard sample.hasLockWaits else { return }
        let rows = Dictionary(sample.rows.map { ($0.pid, $0) }) { first, _ in first }
        findBlocked(sample, waits: waits, rows)
        findRoots(waits, rows)
    }

    /// The session that a process works for: of a parallel worker its leader's.
    private static func session(of pid: Int32, _ rows: [Int32: ActivityRow]) -> Int32 {
        guard let row = rows[pid], row.isParallelWorker else { return pid }
        return row.leaderPID ?? pid
    }

    private mutating func findBlocked(_ sample: ActivitySample, waits: [LockWait], _ rows: [Int32: ActivityRow]) {
        let isOver = Set(waits.lazy.filter(\.blockers.isEmpty).map(\.pid))
        var seen: Set<Int32> = []
        for row in sample.rows where row.isWaitingForLock && !isOver.contains(row.pid) {
            let session = Self.session(of: row.pid, rows)
            guard rows[session]?.isClientBackend == true, seen.insert(session).inserted else { continue }
            blocked[row.database ?? "", default: []].append(row.pid)
        }
    }

    private mutating func findRoots(_ waits: [LockWait], _ rows: [Int32: ActivityRow]) {
        // pid 0 is any prepared transaction; those of different databases are told apart by ids that no process has.
        var prepared: [String: Int32] = [:]
        var edges: [(waiter: Int32, blocker: Int32)] = []
        for wait in waits {
            let waiter = Self.session(of: wait.pid, rows)
            for blocker in wait.blockers {
                guard blocker == 0 else {
                    edges.append((waiter, blocker))
                    continue
                }
                let database = rows[wait.pid]?.database ?? ""
                let id = prepared[database] ?? -Int32(prepared.count) - 1
                prepared[database] = id
                edges.append((waiter, id))
            }
        }
        let graph = BlockingGraph(edges) { rows[$0]?.isClientBackend == true }
        roots = graph.roots.map { root in
            let row = rows[root.id]
            return Root(
                database: row?.database ?? rows[root.nearest]?.database ?? "", waiters: root.waiters, row: row,
                isPrepared: root.id < 0)
        }
    }
}
