extension RecordingRule {
    static let databasePaused = RecordingRule(
        "database:pgbouncer_databases_paused:group",
        comment: """
            Always 1: a PgBouncer database that is paused, by itself or with the whole PgBouncer (which versions \
            before SHOW STATE do not tell). Named as the pools are.
            """,
        expression: """
            group by (job, instance, target, database) (
              \(byName("pgbouncer_databases_paused{name!=\"pgbouncer\"} == 1"))
              or
              \(byName("pgbouncer_databases_paused{name!=\"pgbouncer\"}"))
              and on (job, instance, target)
              poolscope_pgbouncer_state{state=~"paused|suspended"} == 1
            )
            """)
}

extension AlertRule {
    static let bouncerDatabasePaused = AlertRule(
        .bouncerDatabasePaused, .warning,
        comment: "A ticket: a pause that nobody waits for, and that somebody may have forgotten.",
        expression: "database:pgbouncer_databases_paused:group == 1",
        for: "5m",
        summary: "Database {{ $labels.database }} of PgBouncer {{ $labels.target }} is paused",
        description: """
            Database {{ $labels.database }} on PgBouncer {{ $labels.target }} has been paused for at least 5m, by \
            PAUSE, KILL or SUSPEND on its console. Clients that want to do something wait until RESUME.
            """,
        dashboard: .bouncerDatabase)

    static let bouncerDatabasePausedClientsWait = AlertRule(
        .bouncerDatabasePaused, .critical,
        comment: """
            A page: clients wait, and will until somebody resumes it or query_wait_timeout cuts them off. How many \
            they are is asked, not for how long: PgBouncer does not count the time of those that it has not let in \
            yet.
            """,
        expression: """
            sum by (job, instance, target, database) (poolscope_pool_waiting_clients{pooler="pgbouncer"}) > 0
            and on (job, instance, target, database)
            database:pgbouncer_databases_paused:group == 1
            """,
        for: "1m",
        summary: "Database {{ $labels.database }} of PgBouncer {{ $labels.target }} is paused and clients wait",
        description: """
            Database {{ $labels.database }} on PgBouncer {{ $labels.target }} is paused, and {{ $value | humanize }} \
            of its clients wait for RESUME on the console.\
            \(AlertText.lookup(
                "pgbouncer_config_query_wait_timeout_seconds", sharing: AlertText.ofTarget, where: " > 0",
                " After \(AlertText.value("humanizeDuration")) (query_wait_timeout) they are disconnected."))
            """,
        dashboard: .bouncerDatabase)
}
