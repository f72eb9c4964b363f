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
    fileprivate static let zeroStates: [BackendState] = [
        .active, .idle, .idleInTransaction, .idleInTransactionAborted, .fastpath, .disabled,
    ]
    /// Of the backends with the same labels.
    private struct Figures {
        var count = 0.0
        var oldestTransaction = 0.0

        mutating func add(_ backends: Int, oldestTransaction age: Double) {
            count += Double(backends)
            oldestTransaction = max(oldestTransaction, age)
        }
    }

    private var figures: [Labels: Figures] = [:]
    private var counts: [Labels: Double] = [:]
    private var oldest: [Labels: Double] = [:]
    private var idle: HistogramVector
    private var durations: [Double] = []
    private var openTransactions: Int?
    private var oldestTransaction = 0.0
    private var budget: SeriesBudget
    private var labels = TraitLabels { traits in
        [
            "application_name": traits.applicationName, "backend_type": traits.backendType ?? "",
            "datname": traits.database ?? "", "state": traits.state?.name ?? "", "usename": traits.user ?? "",
            "wait_event": traits.waitEvent ?? "", "wait_event_type": traits.waitEventType ?? "",
        ]
    }
    private var idleLabels = TraitLabels { traits in
        ["state": traits.state?.name ?? "", "application_name": traits.applicationName]
    }
    private var zeroRows = ZeroRows()

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
        figures.removeAll(keepingCapacity: true)
        labels.begin(sample)
        idleLabels.begin(sample)
        for group in sample.groups where !group.traits.isSelf {
            let age = transactions(group, of: sample)
            figures[labels[group], default: Figures()].add(group.count, oldestTransaction: age)
            observeIdle(group, of: sample)
        }
        for database in Set(sample.groups.lazy.compactMap(\.traits.database)) {
            for zero in zeroRows[database] where figures[zero] == nil { figures[zero] = Figures() }
        }
        idle.endTick(at: sample.sampledAt.unixSeconds)
        publish(at: sample.sampledAt)
    }

    /// Counts the open transactions of clients; returns the age of the oldest of the group, 0 for none.
    private mutating func transactions(_ group: ActivitySample.Group, of sample: ActivitySample) -> Double {
        var oldest = 0.0
        var open = 0
        for index in sample.indices(of: group) {
            guard let start = sample.rows[Int(index)].transactionStart else { continue }
            open += 1
            oldest = max(oldest, sample.sampledAt.seconds(since: start))
        }
        if group.traits.isClientBackend {
            openTransactions = (openTransactions ?? 0) + open
            oldestTransaction = max(oldestTransaction, oldest)
        }
        return oldest
    }

    private mutating func observeIdle(_ group: ActivitySample.Group, of sample: ActivitySample) {
        guard group.traits.state?.showsLastStatement == true else { return }
        durations.removeAll(keepingCapacity: true)
        for index in sample.indices(of: group) {
            if let since = sample.rows[Int(index)].stateChange {
                durations.append(sample.sampledAt.seconds(since: since))
            }
        }
        if !durations.isEmpty { idle.observe(all: durations, idleLabels[group]) }
    }

    private mutating func publish(at time: ServerTime) {
        func other(_ labels: Labels) -> Labels {
            Self.labels(database: labels["datname"] ?? "", state: labels["state"] ?? "").adding(
                "application_name", "other")
        }
        counts = budget.fold(figures.mapValues(\.count), at: time.unixSeconds, other: other)
        for (labels, figures) in figures {
            let published = budget.isFolding ? budget.place(of: labels, other: other) : labels
            oldest[published] = max(oldest[published] ?? 0, figures.oldestTransaction)
        }
    }

    fileprivate static func labels(database: String, state: String) -> Labels {
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

/// The labels of the zero rows of databases.
private struct ZeroRows: Sendable {
    private var known: [String: [Labels]] = [:]

    private static let limit = 2_000

    subscript(database: String) -> [Labels] {
        mutating get {
            if let rows = known[database] { return rows }
            if known.count >= Self.limit { known = [:] }
            let rows = PeerActivityCollector.zeroStates.map {
                PeerActivityCollector.labels(database: database, state: $0.name)
            }
            known[database] = rows
            return rows
        }
    }
}
