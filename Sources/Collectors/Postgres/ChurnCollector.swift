import Exposition
import Observations

/// Applications that open a connection per request.
package struct ChurnCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [ratio]
    package static let sources: [any Source.Type] = [DatabasesSource.self]

    static let ratio = FamilyDescriptor(
        "poolscope_sessions_per_transaction_ratio", .gauge, unit: "ratio", labels: ["datname"],
        help:
            "Sessions opened per transaction over the last minute, from pg_stat_database (PostgreSQL 14+). Near 1 every "
            + "request opens a connection of its own; with a pool it is near 0. The transaction in which a session starts "
            + "is not counted; those of Poolscope and of autovacuum are, in the databases in which they run. Absent while "
            + "there were fewer than \(Int(SessionChurn.leastEvents)).")

    private var databases: [String: SessionChurn] = [:]

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        guard facts[DatabasesSource.self] != nil else { return miss(.up) }
        guard let current = facts.fresh(DatabasesSource.self) else { return }
        var next: [String: SessionChurn] = [:]
        for database in current {
            var churn = databases[database.name] ?? SessionChurn()
            churn.observe(database)
            next[database.name] = churn
        }
        databases = next
    }

    /// A gap would be taken for a part of the last minute.
    package mutating func miss(_ state: TargetState) {
        databases = [:]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (name, churn) in databases {
            if let ratio = churn.ratio { builder.add(Self.ratio, ["datname": name], ratio) }
        }
    }
}
