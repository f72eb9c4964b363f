import Exposition
import Observations

/// Sessions that wait for locks, and those at the root of it.
package struct BlockingCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [blocked, blocking, longest, info, behind]
    package static let sources: [any Source.Type] = [ActivitySource.self, BlockingSource.self]

    /// Root blockers that are named.
    static let limit = 5

    package static let blocked = FamilyDescriptor(
        "poolscope_blocked_sessions", .gauge, labels: ["datname"],
        help:
            "Client sessions that wait for a heavyweight lock which another session holds or is queued for; 0 when "
            + "none does, absent where privileges hide a session of the database and none of the others waits.")
    static let blocking = FamilyDescriptor(
        "poolscope_blocking_sessions", .gauge, labels: ["datname"],
        help: "Root blockers: sessions and prepared transactions that others wait for and that wait for nobody "
            + "themselves. A deadlock, which the server ends after deadlock_timeout, has none. Found for the "
            + "\(BlockingSource.waiterLimit) waiting sessions with the oldest statements; absent when that was not "
            + "answered."
    )
    package static let longest = FamilyDescriptor(
        "poolscope_longest_block_seconds", .gauge, unit: "seconds", labels: ["datname"],
        help: "How long the client session that has waited longest for a lock has waited in its statement: by "
            + "pg_locks.waitstart from PostgreSQL 14 on, before that since it was first seen waiting. 0 when none "
            + "waits, absent where privileges hide a session of the database and none of the others waits.")
    static let info = FamilyDescriptor(
        "poolscope_blocker_info", .info, labels: SessionLabels.names + ["state"],
        help:
            "The \(limit) root blockers with most sessions behind them. client_application and client_address are "
            + "those of the client behind a PgBouncer that is watched in the same cluster, else the session's own; "
            + "state is the server's word, or “prepared transaction”. Blockers with the same labels are one; without "
            + "the process id, which would make a series of every session.")
    static let behind = FamilyDescriptor(
        "poolscope_blocker_blocked_sessions", .gauge, labels: SessionLabels.names + ["state"],
        help:
            "Client sessions that wait behind a root blocker, directly or through others. A session with several root "
            + "blockers counts at each, so the sum may exceed poolscope_blocked_sessions.")

    private struct Figures {
        var blocked = 0
        var longest = 0.0
        var roots = 0
    }

    private var clock = BlockClock()
    /// By database; only where they are known.
    private var figures: [String: Figures] = [:]
    private var knowsRoots = false
    private var blockers: [(labels: Labels, waiters: Int)] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        (figures, blockers, knowsRoots) = ([:], [], false)
        guard let sample = facts[ActivitySource.self] else { return }
        let waits = facts[BlockingSource.self]
        let picture = BlockingPicture(sample, waits: waits ?? [])
        clock.observe(sample, waits: waits ?? [])
        for database in picture.databases { figures[database] = Figures() }
        for (database, waiters) in picture.blocked {
            figures[database, default: Figures()].blocked = waiters.count
            figures[database]?.longest = waiters.map { clock.seconds($0, at: sample.sampledAt) }.max() ?? 0
        }
        knowsRoots = waits != nil || !sample.hasLockWaits
        for root in picture.roots { figures[root.database, default: Figures()].roots += 1 }
        blockers = Self.largest(picture.roots.map { ($0.labels(facts.poolerLinks), $0.waiters) })
    }

    /// Blockers with the same labels put together, those with most sessions behind them first.
    private static func largest(_ roots: [(Labels, BlockingGraph.Waiters)]) -> [(labels: Labels, waiters: Int)] {
        let merged = Dictionary(roots) { $0.union($1) }.filter { $0.value.count > 0 }
        return merged.map { (labels: $0.key, waiters: $0.value.count) }
            .sorted { ($1.waiters, $0.labels) < ($0.waiters, $1.labels) }
            .prefix(limit).map { $0 }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (database, figures) in figures {
            let labels: Labels = ["datname": database]
            builder.add(Self.blocked, labels, Double(figures.blocked))
            builder.add(Self.longest, labels, figures.longest)
            if knowsRoots { builder.add(Self.blocking, labels, Double(figures.roots)) }
        }
        for blocker in blockers {
            builder.add(Self.info, blocker.labels, 1)
            builder.add(Self.behind, blocker.labels, Double(blocker.waiters))
        }
    }
}
