extension PeerRules {
    static let busy = RecordingRule(
        "pool:pgbouncer_pools_server_busy:sum",
        comment: """
            Server connections that are lent to a client or on the way. By name, since older versions of PgBouncer \
            lack some of the columns, and a sum of series that are not there is nothing.
            """,
        expression: """
            sum by (job, instance, database, user) (
              {__name__=~"pgbouncer_pools_server_(active|active_cancel|being_canceled|testing|login)_connections", \
            database!="pgbouncer"}
            )
            """)

    static let open = RecordingRule(
        "pool:pgbouncer_pools_server_open:sum",
        comment: "Server connections of each pool that are past their login.",
        expression: """
            sum by (job, instance, database, user) (
              {__name__=~"pgbouncer_pools_server_(active|active_cancel|being_canceled|testing|idle|used)_connections", \
            database!="pgbouncer"}
            )
            """)

    static let poolSize = RecordingRule(
        "database:pgbouncer_databases_pool_size:max",
        comment: "The size of each pool of a database, by the name that clients use: SHOW DATABASES calls it `name`.",
        expression: "max by (job, instance, database) (\(RecordingRule.byName("pgbouncer_databases_pool_size")))")

    static let poolSizeWithReserve = RecordingRule(
        "database:pgbouncer_databases_pool_size_with_reserve:sum",
        comment: "",
        expression: """
            sum by (job, instance, database) (
              \(RecordingRule.byName("{__name__=~\"pgbouncer_databases_(pool_size|reserve_pool)\"}"))
            )
            """)

    static let saturation = RecordingRule(
        "pool:pgbouncer_pools_server_busy_per_pool_size:ratio",
        comment: "How much of each pool is in use, its reserve included.",
        expression: """
            pool:pgbouncer_pools_server_busy:sum
            / on (job, instance, database) group_left ()
            (database:pgbouncer_databases_pool_size_with_reserve:sum > 0)
            """)

    static let usableSlots = RecordingRule(
        "instance:pg_connection_slots_usable:sum",
        comment: """
            Slots of the server that are not reserved. reserved_connections is of PostgreSQL 16 and newer. Labels of \
            the exporter (server) are left out: not all of its versions put them on all series.
            """,
        expression: """
            sum by (job, instance) (pg_settings_max_connections)
            - on (job, instance)
            sum by (job, instance) (pg_settings_superuser_reserved_connections)
            - on (job, instance)
            (
                sum by (job, instance) (pg_settings_reserved_connections)
              or
                0 * sum by (job, instance) (pg_settings_max_connections)
            )
            """)

    static let slotSaturation = RecordingRule(
        "instance:pg_client_backends_per_usable_slot:ratio",
        comment: """
            How many of them clients have taken. Before 0.17 postgres_exporter has no backend_type, and counts \
            parallel and autovacuum workers too.
            """,
        expression: """
            sum by (job, instance) (pg_stat_activity_count{backend_type=~"client backend|"})
            / on (job, instance)
            (instance:pg_connection_slots_usable:sum > 0)
            """)
}
