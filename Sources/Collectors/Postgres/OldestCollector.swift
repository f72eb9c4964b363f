import Exposition
import Observations

/// The oldest statement, transaction and idle transaction of each database.
package struct OldestCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [oldestQuery, oldestTransaction, oldestIdleInTransaction]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    package static let oldestQuery = FamilyDescriptor(
        "poolscope_oldest_query_seconds", .gauge, unit: "seconds", labels: ["datname"],
        help:
            "Age of the longest running statement of client backends; 0 when none runs, absent where privileges hide a "
            + "session of the database.")
    package static let oldestTransaction = FamilyDescriptor(
        "poolscope_oldest_transaction_seconds", .gauge, unit: "seconds", labels: ["datname"],
        help: "Age of the oldest open transaction of client backends, whatever it does now; 0 when none is open, "
            + "absent where privileges hide a session of the database.")
    package static let oldestIdleInTransaction = FamilyDescriptor(
        "poolscope_oldest_idle_in_transaction_seconds", .gauge, unit: "seconds", labels: ["datname"],
        help: "How long the oldest idle-in-transaction session has been idle (not the age of its transaction); 0 when "
            + "there is none, absent where privileges hide a session of the database.")

    private struct Ages {
        var query = 0.0
        var transaction = 0.0
        var idleInTransaction = 0.0

        func with(_ group: ActivitySample.Group, of sample: ActivitySample) -> Ages {
            var oldest = self
            func age(_ start: ServerTime?) -> Double { start.map { sample.sampledAt.seconds(since: $0) } ?? 0 }
            let isRunning = group.traits.state?.isRunning == true
            let isIdleInTransaction = group.traits.state?.isIdleInTransaction == true
            for index in sample.indices(of: group) {
                let row = sample.rows[Int(index)]
                if isRunning { oldest.query = max(oldest.query, age(row.queryStart)) }
                oldest.transaction = max(oldest.transaction, age(row.transactionStart))
                if isIdleInTransaction {
                    oldest.idleInTransaction = max(oldest.idleInTransaction, age(row.stateChange))
                }
            }
            return oldest
        }
    }

    private var ages: [String: Ages] = [:]

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        ages = [:]
        guard let sample = facts[ActivitySource.self] else { return }
        // Of a database with a session that hides its times the oldest is not known; 0 would be a false all-clear.
        let hidden = Set(sample.groups.lazy.filter(sample.hasHidden).map { $0.traits.database ?? "" })
        for group in sample.groups where group.traits.isClientBackend && !group.traits.isSelf {
            let database = group.traits.database ?? ""
            if !hidden.contains(database) { ages[database] = (ages[database] ?? Ages()).with(group, of: sample) }
        }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (database, oldest) in ages {
            let labels: Labels = ["datname": database]
            builder.add(Self.oldestQuery, labels, oldest.query)
            builder.add(Self.oldestTransaction, labels, oldest.transaction)
            builder.add(Self.oldestIdleInTransaction, labels, oldest.idleInTransaction)
        }
    }
}
