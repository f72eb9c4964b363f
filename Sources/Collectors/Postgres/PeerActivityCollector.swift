import Exposition
import Observations

/// postgres_exporter's families on `pg_stat_activity`, under its names.
///
/// Unlike there, rows with NULL state or NULL database are counted (as ""), the state `starting` exists, ages are
/// taken on the server's clock and never negative, and idle ages are of all groups, not of the first only.
package struct PeerActivityCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [
        count, maximumTransaction, processIdle, longRunning, longRunningOldest, FoldedSeries.descriptor,
    ]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    private static let labels = [
        "application_name", "backend_type", "datname", "state", "usename", "wait_event", "wait_event_type",
    ]
    static let count = FamilyDescriptor(
        "pg_stat_activity_count", .gauge, labels: labels,
        help: "Backends by their labels, background processes included, Poolscope's own session not; every database "
            + "has a zero row per state.")
    static let maximumTransaction = FamilyDescriptor(
        "pg_stat_activity_max_tx_duration", .gauge, labels: labels,
        help: "Age in seconds of the oldest open transaction among these backends.")
    static let processIdle = FamilyDescriptor(
        "pg_process_idle_seconds", .histogram, unit: "seconds", labels: ["state", "application_name"],
        openLabels: ["application_name"], buckets: [1, 2, 5, 15, 30, 60, 90, 120, 300], lifetime: .whileUp,
        help: "How long the idle sessions of this moment have been idle: a distribution of now, not a total; do not "
            + "take its rate.")
    static let longRunning = FamilyDescriptor(
        "pg_long_running_transactions", .gauge, help: "Open transactions of client backends at this moment.")
    static let longRunningOldest = FamilyDescriptor(
        "pg_long_running_transactions_oldest_timestamp_seconds", .gauge, unit: "seconds",
        help: "Age of the oldest open transaction of client backends (an age, in spite of its name).")

    /// States that have a zero row in every database.
    private static let zeroStates: [BackendState] = [
        .active, .idle, .idleInTransaction, .idleInTransactionAborted, .fastpath, .disabled,
    ]
    private var counts: [Labels: Double] = [:]
    private var oldest: [Labels: Double] = [:]
    private var idle: HistogramVector
    private var openTransactions: Int?
    private var oldestTransaction = 0.0
    private var budget: SeriesBudget

    package init(target: TargetProfile) {
        idle = HistogramVector(Self.processIdle, limit: target.rules.seriesLimit, retention: 60)
        // Wait events make several series of one application.
        budget = SeriesBudget(limit: target.rules.seriesLimit * 5 / 2)
    }

    package mutating func observe(_ facts: Facts) {
        (counts, oldest, openTransactions, oldestTransaction) = ([:], [:], nil, 0)
        idle.startOver()
        guard let sample = facts[ActivitySource.self] else { return }
        openTransactions = 0
        var groups: [Labels: (count: Double, oldest: Double)] = [:]
        for row in sample.rows where !row.isSelf {
            let age = row.transactionStart.map { sample.sampledAt.seconds(since: $0) } ?? 0
            let group = groups[Self.labels(of: row)] ?? (0, 0)
            groups[Self.labels(of: row)] = (group.count + 1, max(group.oldest, age))
            countTransaction(row, age: age)
            observeIdle(row, at: sample.sampledAt)
        }
        for database in Set(sample.rows.compactMap(\.database)) {
            for state in Self.zeroStates {
                let zero = Self.labels(database: database, state: state.name)
                if groups[zero] == nil { groups[zero] = (0, 0) }
            }
        }
        idle.endTick(at: sample.sampledAt.unixSeconds)
        publish(groups, at: sample.sampledAt)
    }

    private mutating func countTransaction(_ row: ActivityRow, age: Double) {
        guard row.isClientBackend, row.transactionStart != nil else { return }
        openTransactions = (openTransactions ?? 0) + 1
        oldestTransaction = max(oldestTransaction, age)
    }

    private mutating func observeIdle(_ row: ActivityRow, at now: ServerTime) {
        guard let state = row.state, state.showsLastStatement, let since = row.stateChange else { return }
        idle.observe(now.seconds(since: since), ["state": state.name, "application_name": row.applicationName])
    }

    private mutating func publish(_ groups: [Labels: (count: Double, oldest: Double)], at time: ServerTime) {
        func other(_ labels: Labels) -> Labels {
            Self.labels(database: labels["datname"] ?? "", state: labels["state"] ?? "").adding(
                "application_name", "other")
        }
        counts = budget.fold(groups.mapValues(\.count), at: time.unixSeconds, other: other)
        for (labels, group) in groups {
            let published = budget.place(of: labels, other: other)
            oldest[published] = max(oldest[published] ?? 0, group.oldest)
        }
    }

    private static func labels(of row: ActivityRow) -> Labels {
        [
            "application_name": row.applicationName, "backend_type": row.backendType ?? "",
            "datname": row.database ?? "", "state": row.state?.name ?? "", "usename": row.user ?? "",
            "wait_event": row.waitEvent ?? "", "wait_event_type": row.waitEventType ?? "",
        ]
    }

    private static func labels(database: String, state: String) -> Labels {
        [
            "application_name": "", "backend_type": "", "datname": database, "state": state, "usename": "",
            "wait_event": "", "wait_event_type": "",
        ]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        builder.add(FoldedSeries.descriptor, ["family": Self.count.name], budget.folded)
        builder.add(FoldedSeries.descriptor, ["family": Self.processIdle.name], idle.folded)
        guard let openTransactions else { return }
        for (labels, value) in counts { builder.add(Self.count, labels, value) }
        for (labels, value) in oldest { builder.add(Self.maximumTransaction, labels, value) }
        idle.emit(into: &builder, skippingEmpty: true)
        builder.add(Self.longRunning, .none, Double(openTransactions))
        builder.add(Self.longRunningOldest, .none, oldestTransaction)
    }
}
