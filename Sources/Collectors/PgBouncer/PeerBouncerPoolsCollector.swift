import Exposition
import Observations

/// `SHOW POOLS` under pgbouncer_exporter's names. A column that the version lacks has no series.
package struct PeerBouncerPoolsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let sources: [any Source.Type] = [BouncerPoolsSource.self]

    struct Column: Sendable {
        let column: String
        let family: FamilyDescriptor

        init(_ column: String, _ name: String, _ help: String) {
            self.column = column
            family = FamilyDescriptor("pgbouncer_pools_\(name)", .gauge, labels: ["database", "user"], help: help)
        }
    }

    static let columns = [
        Column(
            "cl_active", "client_active_connections",
            "Client connections linked to a server connection, or idle without a query waiting."),
        Column("cl_waiting", "client_waiting_connections", "Client connections waiting for a server connection."),
        Column(
            "cl_active_cancel_req", "client_active_cancel_connections",
            "Client connections whose cancel request was forwarded and awaits the answer."),
        Column(
            "cl_waiting_cancel_req", "client_waiting_cancel_connections",
            "Client connections whose cancel request was not forwarded yet."),
        Column("sv_active", "server_active_connections", "Server connections linked to a client."),
        Column(
            "sv_active_cancel", "server_active_cancel_connections",
            "Server connections that forward a cancel request."),
        Column(
            "sv_being_canceled", "server_being_canceled_connections",
            "Server connections whose query is being cancelled."),
        Column("sv_idle", "server_idle_connections", "Server connections ready for a client."),
        Column(
            "sv_used", "server_used_connections",
            "Server connections idle for longer than server_check_delay: to be checked before use."),
        Column(
            "sv_tested", "server_testing_connections",
            "Server connections running server_reset_query or server_check_query."),
        Column("sv_login", "server_login_connections", "Server connections logging in."),
    ]
    static let maximumWait = FamilyDescriptor(
        "pgbouncer_pools_client_maxwait_seconds", .gauge, unit: "seconds", labels: ["database", "user"],
        help: "How long the oldest waiting client has waited, microseconds included.")

    package static let families = columns.map(\.family) + [maximumWait]

    private var pools: [PgBouncerPool] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        pools = facts[BouncerPoolsSource.self] ?? []
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for pool in pools {
            let labels: Labels = ["database": pool.database, "user": pool.user]
            for column in Self.columns {
                if let number = pool.numbers[column.column] { builder.add(column.family, labels, number) }
            }
            builder.add(Self.maximumWait, labels, pool.oldestWait)
        }
    }
}
