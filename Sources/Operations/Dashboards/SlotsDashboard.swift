import Practice

/// Who holds the server's connections, and how long until there are none left?
enum SlotsDashboard {
    static let dashboard = Dashboard(
        id: .slots, title: "Slots",
        question: "How many connections can the servers still take, who holds them, and who leaks them? "
            + "From Poolscope's metrics.",
        variables: CommonVariables.servers + [
            CommonVariables.database(of: "poolscope_connections"), CommonVariables.user(of: "poolscope_connections"),
        ],
        annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("Is there room?", [used, free, fullestLimit, firstFull]),
            DashboardRow("How are they used?", [use, states, timeUntilFull]),
            DashboardRow("Limits of roles and databases", [limits, limitTable]),
            DashboardRow("Who holds them?", [byApplication, byUser, idleAges]),
            DashboardRow("Who leaks?", [leaked, idleByApplication]),
            DashboardRow("Who comes and goes?", [opened, lifetimes, churn, abandoned]),
        ])

    private static let serverPool = #"pooler="server""#

    private static func slots(_ family: String, _ matchers: String...) -> Series {
        Series.target(family, ([serverPool] + matchers).joined(separator: ", "))
    }

    // MARK: Is there room?

    private static let used = Panel(
        .gauge, "Slots used", .quarter,
        means: "Client backends over the slots for clients: max_connections without the reserved ones. Each server.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on; at 100 % new sessions are refused, and nobody "
            + "queues.",
        next: "Who holds them? below; mostly idle ones belong behind a pooler.", unit: .share,
        [PanelQuery("max by (target) (\(slots("poolscope_pool_saturation_ratio")))", "{{target}}", .instant)],
        thresholds: .saturation, alerts: [.slotsOnlyReservedLeft, .poolSaturationHigh], maximum: 1)

    private static let free = Panel(
        .stat, "Slots free", .quarter, means: "Slots for clients that nobody holds, on the server that has fewest.",
        worry: "below \(Spoken.number(Thresholds.Oversubscription.spareSlots)).",
        next: "Who holds them?", unit: .count,
        [PanelQuery("min(\(slots("poolscope_pool_connections", #"state="free""#)))", "free")],
        thresholds: .below(warning: Thresholds.Oversubscription.spareSlots))

    private static let fullestLimit = Panel(
        .stat, "Fullest limit", .quarter,
        means: "The used share of the tightest limit there is: of a role, a database or the server.",
        worry:
            "from \(Spoken.share(Thresholds.ConnectionLimit.warning)) on: one service is turned away while the server "
            + "has room.",
        next: "Limits of roles and databases says which.", unit: .share,
        [PanelQuery("max(\(limit))", "fullest")],
        thresholds: .above(warning: Thresholds.ConnectionLimit.warning, critical: Thresholds.Saturation.full),
        alerts: [.connectionLimitHigh])

    private static let firstFull = Panel(
        .stat, "First server to be full", .quarter,
        means: "When the first server will have no slot left, if it goes on filling as it does now.",
        worry: "below \(Spoken.seconds(Thresholds.Exhaustion.warning)).",
        next: "Who leaks? and Who holds them?", unit: .seconds,
        [PanelQuery("min(\(slots("poolscope_pool_exhaustion_seconds")))", "full in")], thresholds: .exhaustion,
        alerts: [.poolExhaustionForecast], noValue: "none fills up")

    // MARK: How are they used?

    private static let use = Panel(
        .lines, "Slots used per server", .third, means: "Client backends over the slots for clients, of each server.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on for minutes. At 100 % only those get in who may "
            + "use the reserved ones.",
        next: "Connections by application.", unit: .share,
        [PanelQuery("max by (target) (\(slots("poolscope_pool_saturation_ratio")))", "{{target}}")],
        thresholds: .saturation, alerts: [.slotsOnlyReservedLeft, .poolSaturationHigh])

    private static let states = Panel(
        .stacked, "Connections by state", .third,
        means: "Client backends of the chosen databases and users by what they do. The lines are what clients may use, "
            + "and max_connections.",
        worry: "when idle in transaction is more than a sliver: it holds a connection and locks for nothing.",
        next: "Activity, for what the active ones wait for.", unit: .count,
        [
            PanelQuery("sum by (state) (\(Series.session("poolscope_connections")))", "{{state}}"),
            PanelQuery("sum(\(slots("poolscope_pool_size")))", "usable"),
            PanelQuery("sum(\(Series.target("pg_settings_max_connections")))", "max_connections"),
        ],
        links: [PanelLink("Activity", to: .activity, setting: [], carrying: ["target", "database"])],
        styles: [
            .limit("usable"), .limit("max_connections"), .colour("active", "green"), .colour("idle", "blue"),
            .colour("idle in transaction", "orange"), .colour("idle in transaction (aborted)", "red"),
        ])

    private static let timeUntilFull = Panel(
        .lines, "Time until a server is full", .third,
        means: "When each server will have no slot left if it goes on filling as it does now. Without growth, no line.",
        worry: "below \(Spoken.seconds(Thresholds.Exhaustion.warning)).", next: "Idle connections by application.",
        unit: .seconds,
        [PanelQuery("min by (target) (\(slots("poolscope_pool_exhaustion_seconds")))", "{{target}}")],
        thresholds: .exhaustion, alerts: [.poolExhaustionForecast])

    // MARK: Limits of roles and databases

    private static let limit = slots(
        "poolscope_pool_limit_ratio", #"database=~"$database|""#, #"user=~"$user|""#)

    private static let limits = Panel(
        .lines, "Used share of each limit", .half,
        means: "Connections over each limit that is set: of roles (rolconnlimit), of databases (datconnlimit), of the "
            + "server.",
        worry:
            "from \(Spoken.share(Thresholds.ConnectionLimit.warning)) on: that role or database is about to be refused.",
        next: "Connections by user; then ALTER ROLE or ALTER DATABASE … CONNECTION LIMIT.", unit: .share,
        [
            PanelQuery(
                "max by (target, limit, database, user) (\(limit))", "{{target}} {{limit}} {{database}}{{user}}")
        ], thresholds: .above(warning: Thresholds.ConnectionLimit.warning), alerts: [.connectionLimitHigh])

    private static let limitTable = Panel(
        .table(
            columns: [
                .label("target", "Server"), .label("limit", "Limit of"), .label("database", "Database"),
                .label("user", "Role"),
                .value(
                    "", "Used", .share, .above(warning: Thresholds.ConnectionLimit.warning), cell: .gauge),
            ], sortBy: "Used"),
        "Limits now", .half, means: "The same limits at the end of the time range, the fullest first.",
        worry: "about one of a role that several services share.",
        next: "give each service a role, and a limit, of its "
            + "own.", unit: .share,
        [PanelQuery("max by (target, limit, database, user) (\(limit))", "", .table)],
        alerts: [.connectionLimitHigh])

    // MARK: Who holds them?

    private static let byApplication = Panel(
        .stacked, "Connections by application", .third,
        means: "Client backends by application_name. Behind PgBouncer it is what the client announced.",
        worry: "about a part that only grows.", next: "Who leaks?; give each application a name of its own.",
        unit: .count,
        [
            PanelQuery(
                "sum by (application_name) (\(Series.session("poolscope_connections")))", "{{application_name}}")
        ])

    private static let byUser = Panel(
        .stacked, "Connections by user", .third, means: "Client backends by role and database.",
        worry: "when one role holds most of them: its limit protects the others.",
        next: "Used share of each limit.", unit: .count,
        [
            PanelQuery(
                "sum by (usename, datname) (\(Series.session("poolscope_connections")))", "{{usename}} {{datname}}")
        ],
        links: [
            PanelLink(
                "Transactions of this user", to: .transactions,
                setting: [.series("datname", as: "database"), .series("usename", as: "user")], carrying: ["target"])
        ])

    private static let idleAges = Panel(
        .heatmap, "How long idle sessions have been idle", .third,
        means: "The idle sessions of each moment by the time since their last statement.",
        worry: "about many above a minute: they hold slots that a pool would share.",
        next: "Idle connections by application; idle_session_timeout and the pool's own idle time-out.",
        unit: .seconds,
        [
            PanelQuery(
                "sum by (le) (\(Series.target("pg_process_idle_seconds_bucket", #"state="idle""#)))", "{{le}}",
                .heatmap)
        ])

    // MARK: Who leaks?

    private static let leaked = Panel(
        .lines, "Leaked connections", .half,
        means: "Connections idle beyond the leak threshold (5 min unless configured) of applications whose number of "
            + "idle connections only rises.",
        worry: "from \(Spoken.number(Thresholds.Leak.connections)) on: a code path does not give its connection back.",
        next: "what that application released lately; `poolscope sessions` lists them.", unit: .count,
        [
            PanelQuery(
                "sum by (application_name, datname) (\(Series.database("poolscope_leaked_connections")))",
                "{{datname}} {{application_name}}")
        ], thresholds: .above(warning: Thresholds.Leak.connections), alerts: [.connectionLeak])

    private static let idleByApplication = Panel(
        .lines, "Idle connections by application", .half,
        means: "Sessions that are idle, not in a transaction, by application.",
        worry: "about a staircase: steps up and none down are a leak; a sawtooth is a pool that breathes.",
        next: "Leaked connections.", unit: .count,
        [
            PanelQuery(
                "sum by (application_name) (\(Series.session("poolscope_connections", #"state="idle""#)))",
                "{{application_name}}")
        ])

    // MARK: Who comes and goes?

    private static let opened = Panel(
        .lines, "Sessions opened per second", .quarter,
        means: "New sessions by application, seen by sampling, and all of them by the server's own counter (PostgreSQL "
            + "14+): the difference lived shorter than a sampling interval.",
        worry: "when an application with a pool opens sessions all the time.", next: "Lifetime of sessions.",
        unit: .perSecond,
        [
            PanelQuery(
                "sum by (application_name) (\(Series.database("poolscope_sessions_opened_total").rate()))",
                "{{application_name}}"),
            PanelQuery("sum(\(Series.database("pg_stat_database_sessions_total").rate()))", "all"),
        ], styles: [.limit("all")])

    private static let lifetimes = Panel(
        .lines, "Lifetime of sessions", .quarter,
        means: "Half of the sessions that ended had lived shorter than this, by application.",
        worry: "about seconds: that is a connection for each request, each with a new process on the server.",
        next: "give that application a pool.", unit: .seconds,
        [
            PanelQuery(
                quantile(
                    0.5, of: .database("poolscope_session_duration_seconds_bucket"), by: ["application_name"]),
                "{{application_name}}")
        ])

    private static let churn = Panel(
        .lines, "Sessions per transaction", .quarter,
        means: "Sessions opened for each transaction over the last minute, by the server's own counters, so that the "
            + "shortest count.",
        worry: "from \(Spoken.share(Thresholds.Churn.warning)) on; near 100 % every transaction brings its own "
            + "connection.",
        next: "Sessions opened per second, for the application.", unit: .share,
        [
            PanelQuery(
                "max by (target, datname) (\(Series.database("poolscope_sessions_per_transaction_ratio")))",
                "{{target}} {{datname}}")
        ], thresholds: .above(warning: Thresholds.Churn.warning), alerts: [.connectionChurn])

    private static let abandoned = Panel(
        .lines, "Sessions that ended badly", .quarter,
        means: "Sessions whose client was lost (abandoned), that a fatal error ended, or an operator, as a share of "
            + "those that began in the same time; 100 % where more ended so than began (PostgreSQL 14+).",
        worry: "from \(Spoken.share(Thresholds.AbandonedSessions.warning)) on: a load balancer's time-out, clients "
            + "killed for memory, crashes.",
        next: "the server's log has a line for each.", unit: .share,
        ["abandoned", "fatal", "killed"].map { end in
            PanelQuery(
                """
                clamp_max(sum(\(Series.database("pg_stat_database_sessions_\(end)_total").rate())) \
                / (sum(\(Series.database("pg_stat_database_sessions_total").rate())) > 0), 1)
                """, end)
        }, thresholds: .above(warning: Thresholds.AbandonedSessions.warning), alerts: [.sessionsAbandoned])
}
