import Practice

extension AlertRule {
    static let bouncerServerLoginStuck = AlertRule(
        .bouncerServerLoginStuck, .critical,
        comment: """
            A page: clients wait though the pool has room, so PgBouncer gets no connection to the server. Its \
            connections in login do not tell: while the server refuses them at once there are none between two \
            attempts. A wait of 0 is that of clients who have not been let in yet, for the first connection of a \
            pool: PgBouncer counts them, but not their time. Not meant: a pool that is full but for its reserve, \
            whose clients wait for reserve_pool_timeout, and a paused database.
            """,
        expression: """
            poolscope_pool_waiting_clients{pooler="pgbouncer"} > 0
            and
            (
                poolscope_pool_oldest_wait_seconds >= \(number(Thresholds.PoolWait.critical))
              or
                poolscope_pool_oldest_wait_seconds == 0
            )
            and
            poolscope_pool_saturation_ratio < \(number(Thresholds.Saturation.full))
            unless on (job, instance, target, pooler, database, user)
            poolscope_pool_limit_ratio{limit="pool"} >= \(number(Thresholds.Saturation.full))
            unless on (job, instance, target, database)
            database:pgbouncer_databases_paused:group == 1
            """,
        for: "2m", keepFiringFor: "5m",
        summary: """
            PgBouncer {{ $labels.target }} gets no connection to the server for pool {{ $labels.database }}/\
            {{ $labels.user }}
            """,
        description: """
            {{ $value | humanize }} clients wait for database {{ $labels.database }} as user {{ $labels.user }} on \
            {{ $labels.target }}\
            \(AlertText.lookup(
                "poolscope_pool_oldest_wait_seconds", sharing: AlertText.ofPool, where: " > 0",
                ", the first for \(AlertText.value("humanizeDuration")),")) though the pool has room\
            \(AlertText.lookup(
                "pgbouncer_pools_server_login_connections", sharing: ["job", "instance", "target", "database", "user"],
                " (\(AlertText.value()) connections in login)")): the server cannot be reached, does not let \
            PgBouncer in, or has no slot left.
            """,
        dashboard: .pool)
}
