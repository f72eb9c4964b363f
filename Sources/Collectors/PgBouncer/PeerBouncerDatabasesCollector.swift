import Exposition
import Observations

/// `SHOW DATABASES` under pgbouncer_exporter's names, with the columns that it lacks.
package struct PeerBouncerDatabasesCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let sources: [any Source.Type] = [BouncerDatabasesSource.self]

    struct Column: Sendable {
        /// The column's names, newest first.
        let columns: [String]
        let family: FamilyDescriptor

        init(_ columns: [String], _ name: String, _ help: String) {
            self.columns = columns
            family = FamilyDescriptor(
                "pgbouncer_databases_\(name)", .gauge,
                labels: ["name", "host", "port", "database", "force_user", "pool_mode"], help: help)
        }
    }

    static let columns = [
        Column(["pool_size"], "pool_size", "Server connections per pool (database and user) of this database."),
        Column(["min_pool_size"], "min_pool_size", "Server connections that each pool keeps open (1.16+)."),
        Column(["reserve_pool_size", "reserve_pool"], "reserve_pool", "Additional connections a pool may open."),
        Column(["max_connections"], "max_connections", "Server connections of all pools together; 0 is unlimited."),
        Column(["current_connections"], "current_connections", "Server connections open now."),
        Column(
            ["max_client_connections"], "max_client_connections",
            "Client connections allowed; 0 is unlimited (1.24+)."),
        Column(["current_client_connections"], "current_client_connections", "Client connections now (1.24+)."),
        Column(["paused"], "paused", "1 if the database is paused."),
        Column(["disabled"], "disabled", "1 if the database is disabled."),
    ]

    package static let families = columns.map(\.family)

    private var databases: [PgBouncerDatabase] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        databases = facts[BouncerDatabasesSource.self] ?? []
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for database in databases {
            let labels: Labels = [
                "name": database.name, "host": database.host, "port": database.port, "database": database.database,
                "force_user": database.forceUser, "pool_mode": database.poolMode,
            ]
            for column in Self.columns {
                let number = column.columns.lazy.compactMap { database.numbers[$0] }.first
                if let number { builder.add(column.family, labels, number) }
            }
        }
    }
}
