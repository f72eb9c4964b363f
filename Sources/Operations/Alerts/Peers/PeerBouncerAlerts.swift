import Practice

extension PeerRules {
    private static let bouncerName = "PgBouncer behind {{ $labels.instance }}"

    private static func share(_ threshold: Double) -> String {
        """
        pgbouncer_used_clients
        / on (job, instance)
        (pgbouncer_config_max_client_connections > 0)
        > \(number(threshold))
        """
    }

    private static let limit = AlertText.lookup(
        "pgbouncer_config_max_client_connections", sharing: ["job", "instance"],
        " max_client_conn is \(AlertText.value()).")

    static let clientSlotsHigh = AlertRule(
        .bouncerClientSlotsHigh, .warning,
        comment: "A ticket: the next deployment or burst may find no room.",
        expression: share(Thresholds.ClientSlots.warning),
        for: "10m", keepFiringFor: "5m",
        summary: "\(bouncerName) has used {{ $value | humanizePercentage }} of its client connections",
        description: """
            {{ $value | humanizePercentage }} of the clients that \(bouncerName) accepts are there.\(limit)
            """,
        dashboard: nil)

    static let clientSlotsCritical = AlertRule(
        .bouncerClientSlotsHigh, .critical,
        comment: "A page before the limit itself: clients were seen to be refused from nine tenths on.",
        expression: share(Thresholds.ClientSlots.critical),
        for: "2m", keepFiringFor: "5m",
        summary: """
            \(bouncerName) is about to refuse clients: {{ $value | humanizePercentage }} of its client connections are \
            used
            """,
        description: """
            {{ $value | humanizePercentage }} of the clients that \(bouncerName) accepts are there; beyond that it \
            refuses all (“no more connections allowed”), for whatever database.\(limit)
            """,
        dashboard: nil)

    private static let paused = """
        max by (job, instance, database) (
          \(RecordingRule.byName("pgbouncer_databases_paused{name!=\"pgbouncer\"}"))
        ) == 1
        """

    static let databasePaused = AlertRule(
        .bouncerDatabasePaused, .warning,
        comment: """
            A ticket: a pause that somebody may have forgotten. A pause of the whole PgBouncer is not seen: it shows \
            as PgBouncerServerLoginStuck once clients wait.
            """,
        expression: paused,
        for: "5m",
        summary: "Database {{ $labels.database }} of \(bouncerName) is paused",
        description: """
            Database {{ $labels.database }} of \(bouncerName) has been paused for at least 5m, by PAUSE or KILL on \
            its console. Clients that want to do something wait until RESUME.
            """,
        dashboard: nil)

    static let databasePausedClientsWait = AlertRule(
        .bouncerDatabasePaused, .critical,
        comment: "A page: clients wait, and will until somebody resumes it or query_wait_timeout cuts them off.",
        expression: """
            sum by (job, instance, database) (\(waiting){database!="pgbouncer"}) > 0
            and on (job, instance, database)
            \(paused)
            """,
        for: "1m",
        summary: "Database {{ $labels.database }} of \(bouncerName) is paused and clients wait",
        description: """
            Database {{ $labels.database }} of \(bouncerName) is paused, and {{ $value | humanize }} of its clients \
            wait until RESUME on the console, or query_wait_timeout.
            """,
        dashboard: nil)

    static let databaseDisabled = AlertRule(
        .bouncerDatabaseDisabled, .warning,
        comment: "A ticket, not a page: somebody did so on purpose, and who comes is refused rather than kept waiting.",
        expression: """
            max by (job, instance, database) (
              \(RecordingRule.byName("pgbouncer_databases_disabled"))
            ) == 1
            """,
        for: "5m",
        summary: "Database {{ $labels.database }} of \(bouncerName) is disabled",
        description: """
            Database {{ $labels.database }} of \(bouncerName) has been disabled for at least 5m: new clients are \
            refused until ENABLE on its console.
            """,
        dashboard: nil)

    static let serverLoginStuck = AlertRule(
        .bouncerServerLoginStuck, .critical,
        comment: """
            A page: clients wait though the pool has room, so PgBouncer gets no connection to the server. Its \
            connections in login do not tell: while the server refuses them at once there are none between two \
            attempts. The second half is for clients who have not been let in yet, and wait for the first connection \
            of a pool: PgBouncer counts them, but not their time. Not meant: a pool that is full but for its \
            reserve, and a paused database.
            """,
        expression: """
            \(waiting) > 0
            and on (job, instance, database, user)
            (
                \(wait) >= \(number(Thresholds.PoolWait.critical))
              or
                \(open.name) == 0
            )
            and on (job, instance, database, user)
            (
                \(busy.name)
              < on (job, instance, database) group_left ()
                \(poolSize.name)
            )
            unless on (job, instance, database)
            \(paused)
            """,
        for: "2m", keepFiringFor: "5m",
        summary: "PgBouncer gets no connection to the server for \(pool)",
        description: """
            {{ $value | humanize }} clients wait for the \(pool) though it has room: the server cannot be reached, \
            does not let PgBouncer in, or has no slot left.
            """,
        dashboard: nil)
}
