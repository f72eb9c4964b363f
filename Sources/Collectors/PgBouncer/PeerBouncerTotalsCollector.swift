import Exposition
import Observations
import PoolVocabulary

/// `SHOW STATS_TOTALS` under both names that pgbouncer_exporter has given it, without the falls that it has there.
package struct PeerBouncerTotalsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let sources: [any Source.Type] = [BouncerTotalsSource.self]

    struct Column: Sendable {
        let column: String
        /// From microseconds to seconds for times, else 1.
        let scale: Double
        /// The name since 0.11, and the one before, which many dashboards still use.
        let families: [FamilyDescriptor]

        init(_ column: String, _ name: String, scale: Double = 1, _ help: String) {
            self.column = column
            self.scale = scale
            families = ["pgbouncer_stats_totals_", "pgbouncer_stats_"].map {
                FamilyDescriptor($0 + name, .counter, labels: ["database"], help: help)
            }
        }
    }

    private static let microsecond = 0.000_001

    static let columns = [
        Column("query_count", "queries_pooled_total", "Queries pooled."),
        Column(
            "query_time", "queries_duration_seconds_total", scale: microsecond,
            "Time in which server connections executed queries."),
        Column("bytes_received", "received_bytes_total", "Bytes received from clients."),
        Column("bytes_sent", "sent_bytes_total", "Bytes sent to clients."),
        Column(
            "wait_time", "client_wait_seconds_total", scale: microsecond,
            "Time that clients waited for a server connection, added when they get one: a queue that does not move "
                + "does not show here."),
        Column("xact_count", "sql_transactions_pooled_total", "Transactions pooled."),
        Column(
            "xact_time", "server_in_transaction_seconds_total", scale: microsecond,
            "Time that server connections spent in a transaction."),
        Column(
            "server_assignment_count", "server_assignments_total", "Server connections assigned to clients (1.23+)."),
        Column("client_parse_count", "client_parses_total", "Prepared statements made by clients (1.24+)."),
        Column("server_parse_count", "server_parses_total", "Prepared statements made on servers (1.24+)."),
        Column("bind_count", "binds_total", "Prepared statements bound and executed (1.24+)."),
    ]

    package static let families = columns.flatMap(\.families) + [PoolFamilies.counterResets, FoldedSeries.descriptor]

    /// Kept while the target is down.
    private var totals = MonotonicTotals()
    private var resets = CounterVector(
        PoolFamilies.counterResets,
        limit: MonotonicTotals.databaseLimit * MonotonicTotals.ResetReason.allCases.count)

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        guard let current = facts.fresh(BouncerTotalsSource.self) else { return }
        for reset in totals.observe(current).resets { resets.add(1, Self.labels(reset.database, reset.reason)) }
        // From 0 on, so that `rate()` sees the first one.
        for total in current {
            for reason in MonotonicTotals.ResetReason.allCases { resets.add(0, Self.labels(total.database, reason)) }
        }
        resets.tell(facts.tickBeganAt)
    }

    package mutating func miss(_ state: TargetState) {
        totals.interrupt()
    }

    private static func labels(_ database: String, _ reason: MonotonicTotals.ResetReason) -> Labels {
        PoolFamilies.labels(pooler: "pgbouncer", database: database).adding("reason", reason.rawValue)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for total in totals.published {
            for column in Self.columns {
                guard let number = total.numbers[column.column] else { continue }
                for family in column.families {
                    builder.add(family, ["database": total.database], number * column.scale)
                }
            }
        }
        resets.emit(into: &builder)
        // The first family stands for all: a database is folded in each of them at once.
        builder.add(FoldedSeries.descriptor, ["family": Self.families[0].name], totals.folded)
    }
}
