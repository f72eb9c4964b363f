import Exposition
import Observations

/// `pg_stat_database`, under postgres_exporter's names, with the session counters that it lacks.
package struct PeerDatabasesCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let sources: [any Source.Type] = [DatabasesSource.self]

    /// A column of the view and its family.
    struct Column: Sendable {
        let column: String
        let family: FamilyDescriptor
        /// From the column's unit to the family's.
        let scale: Double

        init(_ column: String, _ type: MetricType, _ help: String) {
            self.init(column, as: column, type, scale: 1, help)
        }

        init(_ column: String, as name: String, _ type: MetricType, scale: Double, _ help: String) {
            self.column = column
            self.scale = scale
            family = FamilyDescriptor("pg_stat_database_\(name)", type, labels: ["datid", "datname"], help: help)
        }
    }

    static let columns: [Column] = [
        Column("numbackends", .gauge, "Backends connected to this database."),
        Column("xact_commit", .counter, "Transactions committed."),
        Column("xact_rollback", .counter, "Transactions rolled back."),
        Column("blks_read", .counter, "Disk blocks read."),
        Column("blks_hit", .counter, "Disk blocks found in the buffer cache."),
        Column("tup_returned", .counter, "Rows returned by queries."),
        Column("tup_fetched", .counter, "Rows fetched by queries."),
        Column("tup_inserted", .counter, "Rows inserted."),
        Column("tup_updated", .counter, "Rows updated."),
        Column("tup_deleted", .counter, "Rows deleted."),
        Column("conflicts", .counter, "Queries cancelled by conflicts with recovery."),
        Column("temp_files", .counter, "Temporary files created by queries."),
        Column("temp_bytes", .counter, "Bytes written to temporary files."),
        Column("deadlocks", .counter, "Deadlocks detected."),
        Column("blk_read_time", .counter, "Time spent reading data files, in milliseconds (track_io_timing)."),
        Column("blk_write_time", .counter, "Time spent writing data files, in milliseconds (track_io_timing)."),
        Column(
            "active_time", as: "active_time_seconds_total", .counter, scale: 0.001,
            "Time spent executing statements, credited when they end (PostgreSQL 14+)."),
        Column(
            "session_time", as: "session_time_seconds_total", .counter, scale: 0.001,
            "Time spent by sessions, credited when their state changes (PostgreSQL 14+)."),
        Column(
            "idle_in_transaction_time", as: "idle_in_transaction_time_seconds_total", .counter, scale: 0.001,
            "Time spent idle in transaction, credited when it ends (PostgreSQL 14+)."),
        Column("sessions", as: "sessions_total", .counter, scale: 1, "Sessions established (PostgreSQL 14+)."),
        Column(
            "sessions_abandoned", as: "sessions_abandoned_total", .counter, scale: 1,
            "Sessions ended because the connection to the client was lost (PostgreSQL 14+)."),
        Column(
            "sessions_fatal", as: "sessions_fatal_total", .counter, scale: 1,
            "Sessions ended by a fatal error (PostgreSQL 14+)."),
        Column(
            "sessions_killed", as: "sessions_killed_total", .counter, scale: 1,
            "Sessions ended by an operator (PostgreSQL 14+)."),
    ]
    static let statsReset = FamilyDescriptor(
        "pg_stat_database_stats_reset", .gauge, labels: ["datid", "datname"],
        help: "Time of the last reset of these statistics, in seconds since 1970.")
    static let connectionLimit = FamilyDescriptor(
        "pg_database_connection_limit", .gauge, labels: ["datname"],
        help: "Connection limit of the database; -1 means none.")

    package static let families = columns.map(\.family) + [statsReset, connectionLimit]

    /// Kept while the target is down, so that counters stay; gauges are left out then.
    private var databases: [DatabaseStatistics] = []
    private var isCurrent = false

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        isCurrent = facts[DatabasesSource.self] != nil
        if let current = facts[DatabasesSource.self] { databases = current }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for database in databases {
            let labels: Labels = ["datid": String(database.id), "datname": database.name]
            for column in Self.columns where isCurrent || column.family.lifetime == .kept {
                guard let number = database.numbers[column.column] else { continue }
                builder.add(column.family, labels, number * column.scale)
            }
            guard isCurrent else { continue }
            if let reset = database.statsReset { builder.add(Self.statsReset, labels, reset.unixSeconds) }
            if let limit = database.connectionLimit {
                builder.add(Self.connectionLimit, ["datname": database.name], Double(limit))
            }
        }
    }
}
