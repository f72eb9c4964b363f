import Practice

/// Are clients waiting for a connection?
enum PoolsDashboard {
    static let dashboard = Dashboard(
        id: .pools, title: "Pools",
        question: "Are clients waiting for a connection, before which pool, for how long, and why? "
            + "PgBouncer's pools, the slots of servers and the pools within services alike. From Poolscope's metrics.",
        variables: variables, annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("Are clients waiting?", [waitNow, waitingNow, fullNow, firstFull]),
            DashboardRow("Saturation", [saturation, levels, fullest, crowdedShare, timeUntilFull]),
            DashboardRow("Queue", [waiting, oldestWait, waitOfTimeout, waitBudget]),
            DashboardRow("Waits", [waitQuantiles, waitDistribution, abandoned, queueLength]),
            DashboardRow("What are the connections doing?", [connections, clients, busyTime, ages]),
            DashboardRow("Throughput", [statements, transactions, traffic]),
            DashboardRow("Limits", [clientSlots, clientCount, reserve, oversubscription, logins]),
            DashboardRow("PgBouncer's databases", [databaseStates, databases]),
            DashboardRow("Pools within services", [leases, refusals, leaks]),
        ])

    private static let variables =
        CommonVariables.targets + [
            choice(
                "pooler", "Pooler",
                "What lends the connections: pgbouncer, a server with its slots, or libpq: a pool "
                    + "within a service.", [#"job=~"$job""#, #"target=~"$target""#]),
            choice(
                "database", "Database", "The database of the pool, by the pooler's name for it.",
                [#"job=~"$job""#, #"target=~"$target""#, #"pooler=~"$pooler""#]),
            choice(
                "user", "User", "The user of the pool; pools that are not per user are shown with All.",
                [#"job=~"$job""#, #"target=~"$target""#, #"pooler=~"$pooler""#, #"database=~"$database""#]),
        ]

    private static func choice(
        _ label: String, _ title: String, _ description: String, _ matchers: [String]
    ) -> DashboardVariable {
        let series = Series(family: "poolscope_pool_saturation_ratio", matchers: matchers)
        return .choice(label, label: title, description, of: ("\(series)", label), all: ".*")
    }

    /// A line for each pool.
    private static func perPool(_ expression: String, _ aggregation: String = "max") -> [PanelQuery] {
        [PanelQuery("\(aggregation) by (target, database, user) (\(expression))", Legend.pool)]
    }

    // MARK: Are clients waiting?

    private static let waitNow = Panel(
        .stat, "Longest wait now", .quarter,
        means: "How long the first client in any queue has waited for a connection.",
        worry: "from \(Spoken.seconds(Thresholds.PoolWait.warning)) on: users notice. At "
            + "\(Spoken.seconds(Thresholds.PoolWait.critical)), with the pool full for a minute, it is a page.",
        next: "Queue says which pool; What are the connections doing? what holds it.", unit: .seconds,
        [PanelQuery("max(\(Series.pool("poolscope_pool_oldest_wait_seconds")))", "longest wait")],
        thresholds: .poolWait, alerts: [.poolExhausted, .poolClientsWaiting])

    private static let waitingNow = Panel(
        .stat, "Clients waiting now", .quarter,
        means: "Clients that have asked for a connection and have none, over the chosen pools.",
        worry: "when it does not return to 0; moments of a few are normal before a busy pool.",
        next: "compare with Saturation. A queue before a pool that is not full means that servers cannot be opened: "
            + "see Server connections logging in.",
        unit: .count, [PanelQuery("sum(\(Series.pool("poolscope_pool_waiting_clients")))", "waiting")],
        thresholds: .any, alerts: [.poolClientsWaiting])

    private static let fullNow = Panel(
        .stat, "Full pools now", .quarter,
        means: "Pools whose every connection is lent at this moment.",
        worry: "when there is a queue, too. Full without a queue is sized well.",
        next: "Time above 90 % tells a spike from a habit.", unit: .count,
        [
            PanelQuery(
                "sum(\(Series.pool("poolscope_pool_saturation_ratio")) "
                    + ">= bool \(Spoken.number(Thresholds.Saturation.full)))", "full")
        ], thresholds: .any, alerts: [.poolExhausted])

    private static let firstFull = Panel(
        .stat, "First to be full", .quarter,
        means: "When the first of the pools will be full, if it goes on filling as it does now.",
        worry: "below \(Spoken.seconds(Thresholds.Exhaustion.warning)).",
        next: "Time until full says which pool; look for a deploy, a leak or more users.", unit: .seconds,
        [PanelQuery("min(\(Series.pool("poolscope_pool_exhaustion_seconds")))", "full in")],
        thresholds: .exhaustion, alerts: [.poolExhaustionForecast], noValue: "none fills up")

    // MARK: Saturation

    private static let saturation = Panel(
        .lines, "Saturation per pool", .half,
        means: "Connections lent, over the effective limit of the pool: the smallest of its size with reserve and the "
            + "limits of its database and user. It can pass 100 % where a limit was lowered.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on for minutes; at 100 % the next client waits.",
        next: "What are the connections doing? for what fills it; a line leads to its pool.", unit: .share,
        perPool("\(Series.pool("poolscope_pool_saturation_ratio"))"), thresholds: .saturation,
        alerts: [.poolExhausted, .poolSaturationHigh], links: [Legend.poolLink])

    private static let levels = Panel(
        .heatmap, "Time at each level of saturation", .half,
        means: "How often the pools were at each level, from a look every second, so that spikes between two scrapes "
            + "are in it.",
        worry: "when the cloud moves up, or a band appears at 100 %.",
        next: "Time above 90 % for the pool it is.", unit: .share,
        [
            PanelQuery(
                "sum by (le) (\(Series.pool("poolscope_pool_saturation_sampled_ratio_bucket").increase()))", "{{le}}",
                .heatmap)
        ])

    private static let fullest = Panel(
        .bars, "Fullest pools now", .third, means: "The ten fullest pools at the end of the time range.",
        worry: "about several near 100 %: it is the server, or one service behind all of them.",
        next: "a bar leads to its pool.", unit: .share,
        [
            PanelQuery(
                "topk(10, max by (target, database, user) (\(Series.pool("poolscope_pool_saturation_ratio"))))",
                Legend.pool, .instant)
        ], thresholds: .saturation, alerts: [.poolSaturationHigh], links: [Legend.poolLink], maximum: 1)

    private static let crowdedShare = Panel(
        .lines, "Time above 90 %", .third,
        means: "The part of the time in which a pool was more than 90 % lent, from a look every second.",
        worry: "when it grows from day to day, or stays in normal hours: there is no room for a spike.",
        next: "with short statements and idle cores enlarge the pool; else shorten what holds the connections.",
        unit: .share,
        perPool(
            """
            1 - sum without (le) \
            (\(Series.pool("poolscope_pool_saturation_sampled_ratio_bucket", #"le="0.9""#).rate())) \
            / (\(Series.pool("poolscope_pool_saturation_sampled_ratio_count").rate()) > 0)
            """),
        links: [Legend.poolLink], maximum: 1)

    private static let timeUntilFull = Panel(
        .lines, "Time until full", .third,
        means:
            "When each pool will be full if it goes on filling as it does now. A pool that does not grow has no line.",
        worry: "below \(Spoken.seconds(Thresholds.Exhaustion.warning)), and when it falls faster than time passes.",
        next: "Slots, Who holds them? for the application that grows.", unit: .seconds,
        perPool("\(Series.pool("poolscope_pool_exhaustion_seconds"))", "min"), thresholds: .exhaustion,
        alerts: [.poolExhaustionForecast], links: [Legend.poolLink])

    // MARK: Queue

    private static let waiting = Panel(
        .lines, "Clients waiting per pool", .half, means: "Clients in the queue of each pool.",
        worry: "when a line does not touch 0 for a minute.",
        next: "one pool only: a leak or a slow statement of that user. All pools of a pooler: its server.",
        unit: .count, perPool("\(Series.pool("poolscope_pool_waiting_clients"))"),
        alerts: [.poolExhausted, .poolClientsWaiting], links: [Legend.poolLink])

    private static let oldestWait = Panel(
        .lines, "Longest wait per pool", .half,
        means: "The wait of the first client in each queue. A line that climbs by a second each second means that "
            + "nothing comes back at all.",
        worry: "from \(Spoken.seconds(Thresholds.PoolWait.warning)) on; "
            + "\(Spoken.seconds(Thresholds.PoolWait.critical)) before a full pool is a page.",
        next: "Transactions and locks, for the transaction that does not end.", unit: .seconds,
        perPool("\(Series.pool("poolscope_pool_oldest_wait_seconds"))"), thresholds: .poolWait,
        alerts: [.poolExhausted, .poolClientsWaiting],
        links: [
            Legend.poolLink,
            PanelLink(
                "Activity of its cluster", to: .activity, setting: [.series("database")], carrying: ["cluster"]),
        ])

    private static let waitOfTimeout = Panel(
        .lines, "Wait as a share of query_wait_timeout", .half,
        means:
            "The longest wait, over the time after which PgBouncer cuts a client off. Not there where that is never.",
        worry: "from \(Spoken.share(Thresholds.PoolWait.shareOfTimeout)) on: soon users see errors.",
        next: "free connections now: the runbook has the order of doing it.", unit: .share,
        perPool(
            """
            \(Series.pool("poolscope_pool_oldest_wait_seconds", #"pooler="pgbouncer""#)) \
            / on (job, instance, target) group_left () \
            (\(Series.target("pgbouncer_config_query_wait_timeout_seconds")) > 0)
            """),
        thresholds: .above(critical: Thresholds.PoolWait.shareOfTimeout), alerts: [.poolWaitNearTimeout],
        links: [Legend.poolLink])

    private static let waitBudget = Panel(
        .lines, "Wait budget burnt, 1 h and 6 h", .half,
        means: "How fast the wait budget is spent: the share of time in which a first client waited longer than "
            + "\(Spoken.seconds(Thresholds.PoolWait.bad)), over the share that the objective leaves "
            + "(\(Spoken.share(1 - Thresholds.WaitObjective.share))). At 1 the budget of a month lasts a month.",
        worry: "from \(Spoken.number(Thresholds.Burn.fast)) on over an hour, or "
            + "\(Spoken.number(Thresholds.Burn.medium)) over six.",
        next: "Longest wait per pool for when; Saturation per pool for whether it is too small.", unit: .count,
        ["1h", "6h"].map { window in
            PanelQuery(
                """
                max by (target, database, user) (avg_over_time((\(Series.pool("poolscope_pool_oldest_wait_seconds")) \
                > bool \(Spoken.number(Thresholds.PoolWait.bad)))[\(window):1m])) \
                / \(Budget.of(Thresholds.WaitObjective.share))
                """, "\(window) \(Legend.pool)")
        }, thresholds: .burn, alerts: [.poolWaitBudgetBurn], links: [Legend.poolLink])

    // MARK: Waits

    private static let waitBuckets = Series.poolAndAbove("poolscope_pool_wait_seconds_bucket")

    private static let waitQuantiles = Panel(
        .lines, "Time clients waited", .quarter,
        means:
            "Half, 95 % and 99 % of the clients that got a connection had waited shorter than this; and the mean. Sum "
            + "and count are PgBouncer's own; waits of a second and more are each seen. Per database, not per user.",
        worry: "when p95 leaves the milliseconds.", next: "What are the connections doing?", unit: .seconds,
        [0.5, 0.95, 0.99].map {
            PanelQuery(quantile($0, of: waitBuckets), "p\(Spoken.number($0 * 100))")
        } + [
            PanelQuery(
                "sum(\(Series.poolAndAbove("poolscope_pool_wait_seconds_sum").rate())) "
                    + "/ (sum(\(Series.poolAndAbove("poolscope_pool_wait_seconds_count").rate())) > 0)", "mean")
        ])

    private static let waitDistribution = Panel(
        .heatmap, "Distribution of waits", .quarter,
        means: "How many clients waited how long before they got a connection.",
        worry: "about a second band, far above the first: one kind of client waits for one kind of connection.",
        next: "choose one database after the other above.", unit: .seconds,
        [PanelQuery("sum by (le) (\(waitBuckets.increase()))", "{{le}}", .heatmap)])

    private static let abandoned = Panel(
        .lines, "Waits given up", .quarter,
        means: "Clients that left, or were cut off, while they waited. PgBouncer's own counters never show them.",
        worry: "at any: these are errors that users saw.", next: "Saturation per pool.", unit: .perMinute,
        [
            PanelQuery(
                "60 * sum by (target, database, user) "
                    + "(\(Series.poolAndAbove("poolscope_pool_waits_abandoned_total").rate()))", Legend.pool)
        ], links: [Legend.poolLink])

    private static let queueLength = Panel(
        .lines, "Mean length of the queue", .quarter,
        means: "Seconds that clients waited, each second, by PgBouncer's own counters: the mean number of clients "
            + "waiting. It counts a wait when it ends with a connection: flat while a pool is stuck, a leap afterwards.",
        worry: "above 0.1 as a habit.", next: "Clients waiting per pool shows the moment itself.", unit: .count,
        [
            PanelQuery(
                "sum by (target, database) "
                    + "(\(Series.bouncerDatabase("pgbouncer_stats_totals_client_wait_seconds_total").rate()))",
                "{{target}} {{database}}")
        ])

    // MARK: What are the connections doing?

    private static let connections = Panel(
        .stacked, "Connections of the pools", .quarter,
        means: "What the connections of the chosen pools do; the dashed line is what they may lend together. Slots of "
            + "servers are on the dashboard Slots.",
        worry: "when busy fills the space below the line.",
        next: "choose one pool above; then Slots says who it is on the server.", unit: .count,
        [
            PanelQuery(
                "sum by (state) (\(Series.pool("poolscope_pool_connections", #"pooler!="server""#)))", "{{state}}"),
            PanelQuery("sum(\(Series.pool("poolscope_pool_size", #"pooler!="server""#)))", "size"),
        ], styles: [.limit("size"), .colour("busy", "orange"), .colour("idle", "green"), .colour("used", "blue")])

    private static let clients = Panel(
        .stacked, "Clients of PgBouncer", .quarter,
        means: "Clients by state. active: linked to a server connection, or idle between transactions. waiting: in the "
            + "queue.",
        worry: "when waiting grows while active does not: nothing moves.", next: "Clients waiting per pool.",
        unit: .count,
        [PanelQuery("sum by (state) (\(Series.bouncer("pgbouncer_client_connections")))", "{{state}}")],
        styles: [.colour("waiting", "red"), .colour("active", "green")])

    private static let busyTime = Panel(
        .lines, "Connections in a transaction", .quarter,
        means: "Mean number of server connections in a transaction, and of those that execute a statement, by "
            + "PgBouncer's own counters. Between the two lines, connections are held by clients that do something else.",
        worry: "when the gap is as large as the lower line: pools are filled by clients that think, not by work.",
        next: "Transactions and locks, Idle in transaction.", unit: .count,
        [
            PanelQuery(
                "sum(\(Series.bouncerDatabase("pgbouncer_stats_totals_server_in_transaction_seconds_total").rate()))",
                "in a transaction"),
            PanelQuery(
                "sum(\(Series.bouncerDatabase("pgbouncer_stats_totals_queries_duration_seconds_total").rate()))",
                "executing"),
        ],
        links: [PanelLink("Transactions and locks", to: .transactions, setting: [], carrying: ["cluster"])])

    private static let ages = Panel(
        .heatmap, "Age of server connections", .quarter,
        means: "How long PgBouncer's server connections have been open, at each moment.",
        worry: "when all are young all the time: they are opened for each client, or dropped by something between.",
        next: "server_lifetime and server_idle_timeout in PgBouncer, firewalls with a time-out.", unit: .seconds,
        [
            PanelQuery(
                "sum by (le) (\(Series.pool("poolscope_pool_connection_age_seconds_bucket")))", "{{le}}", .heatmap)
        ])

    // MARK: Throughput

    private static let statements = perDatabase(
        "Queries per second", "pgbouncer_stats_totals_queries_pooled_total", unit: .perSecond,
        means: "Statements that PgBouncer passed on, by its own counters.",
        worry: "when it falls while clients wait: the pool is blocked. When it rises while they wait, it is overrun.",
        next: "Slow queries, for whether they became slower or more.")

    private static let transactions = perDatabase(
        "Transactions per second", "pgbouncer_stats_totals_sql_transactions_pooled_total", unit: .perSecond,
        means: "Transactions that PgBouncer passed on: in transaction mode, how often connections were lent.",
        worry: "when it falls while clients wait.", next: "Transactions and locks, for their durations.")

    private static let traffic = Panel(
        .lines, "Bytes per second", .third, means: "What PgBouncer received from clients and sent to them.",
        worry: "when sending grows and queries do not: somebody fetches a table.",
        next: "Activity: sessions that wait for Client, ClientWrite.", unit: .bytesPerSecond,
        [
            PanelQuery(
                "sum(\(Series.bouncerDatabase("pgbouncer_stats_totals_received_bytes_total").rate()))", "received"),
            PanelQuery("sum(\(Series.bouncerDatabase("pgbouncer_stats_totals_sent_bytes_total").rate()))", "sent"),
        ])

    private static func perDatabase(
        _ title: String, _ counter: String, unit: PanelUnit, means: String, worry: String, next: String
    ) -> Panel {
        Panel(
            .lines, title, .third, means: means, worry: worry, next: next, unit: unit,
            [
                PanelQuery(
                    "sum by (target, database) (\(Series.bouncerDatabase(counter).rate()))", "{{target}} {{database}}")
            ])
    }

    // MARK: Limits

    private static let clientSlots = Panel(
        .lines, "Clients over max_client_conn", .third,
        means: "Used share of PgBouncer's client connections. With all of them in use, it refuses clients.",
        worry: "from \(Spoken.share(Thresholds.ClientSlots.warning)) on; from "
            + "\(Spoken.share(Thresholds.ClientSlots.critical)) on clients were seen to be refused.",
        next:
            "raise max_client_conn, and the open files of its process with it; or find the service that opens so many.",
        unit: .share,
        [
            PanelQuery(
                "max by (target) (\(Series.target("poolscope_pool_limit_ratio", #"limit="client_slots""#)))",
                "{{target}}")
        ],
        thresholds: .above(warning: Thresholds.ClientSlots.warning, critical: Thresholds.ClientSlots.critical),
        alerts: [.bouncerClientSlotsHigh])

    private static let clientCount = Panel(
        .lines, "Clients of PgBouncer and max_client_conn", .third,
        means: "Client connections of each PgBouncer, and how many it takes.",
        worry: "when the lines approach each other.", next: "Clients over max_client_conn.", unit: .count,
        [
            PanelQuery("max by (target) (\(Series.target("pgbouncer_used_clients")))", "{{target}}"),
            PanelQuery(
                "max by (target) (\(Series.target("pgbouncer_config_max_client_connections")))", "{{target}}: limit"),
        ], alerts: [.bouncerClientSlotsHigh])

    private static let reserve = Panel(
        .lines, "Busy over pool_size, without the reserve", .third,
        means: "Busy connections over pool_size alone. Above 100 % the reserve is in use.",
        worry: "above 100 % for minutes: the reserve is meant for spikes.",
        next: "enlarge pool_size, as far as the "
            + "server has slots: Slots left if every pool fills.", unit: .share,
        perPool("\(Series.pool("poolscope_pool_limit_ratio", #"limit="pool""#))"),
        thresholds: .above(warning: Thresholds.Saturation.full), alerts: [.poolReserveInUse],
        links: [Legend.poolLink])

    private static let oversubscription = Panel(
        .lines, "Slots left if every pool fills", .half,
        means: "The slots of the largest server of a cluster, less what all pools of its PgBouncers may open together. "
            + "Below 0 they can fill it. Where their pools lead to several servers it is better than it looks. Only of "
            + "targets with a cluster; of one that is chosen, its whole cluster counts.",
        worry:
            "below \(Spoken.number(Thresholds.Oversubscription.spareSlots)): the server will refuse before the pools "
            + "queue.",
        next: "`poolscope size` says how large they should be.", unit: .count,
        [
            PanelQuery(
                """
                max by (cluster) (\(inCluster(.page("poolscope_pool_size", #"pooler="server""#)))) \
                - sum by (cluster) (\(inCluster(.page("poolscope_pool_size", #"pooler="pgbouncer""#)))) \
                and on (cluster) \(Series.target("poolscope_target_info", #"cluster!="""#))
                """, "{{cluster}}")
        ], thresholds: .below(warning: Thresholds.Oversubscription.spareSlots), alerts: [.poolOversubscribed],
        minimum: nil)

    private static func inCluster(_ series: Series) -> String {
        "\(series) * on (job, instance, target) group_left (cluster) "
            + "\(Series.page("poolscope_target_info", #"cluster!="""#))"
    }

    private static let logins = Panel(
        .lines, "Server connections logging in", .half,
        means: "Connections to the server that PgBouncer is opening. A login takes milliseconds, so that it is seldom "
            + "seen.",
        worry: "when it stays while clients wait: the server does not answer, refuses, or has no slot.",
        next: "Slots of that server; PgBouncer's log has the server's words.", unit: .count,
        [
            PanelQuery(
                "sum by (target, database, user) (\(Series.bouncer("pgbouncer_pools_server_login_connections")))",
                Legend.pool)
        ], thresholds: .any, alerts: [.bouncerServerLoginStuck], links: [Legend.poolLink])

    // MARK: PgBouncer's databases

    private static let databaseStates = Panel(
        .timeline(states: [
            .value("0", "open", "green"), .value("1", "paused", "orange"), .value("2", "disabled", "red"),
        ]),
        "Paused and disabled databases", .third,
        means:
            "Databases that an operator has paused (clients wait) or disabled (new clients are refused); and, from a "
            + "PgBouncer that has SHOW STATE, whether all of it is.",
        worry: "about either without a maintenance under way.",
        next: "RESUME or ENABLE in PgBouncer's console, once you know who did it and why.", unit: .count,
        [
            PanelQuery(
                """
                max by (target, name) (2 * \(Series.bouncerConfiguration("pgbouncer_databases_disabled")) \
                > 0 or \(Series.bouncerConfiguration("pgbouncer_databases_paused")))
                """, "{{target}} {{name}}"),
            PanelQuery(
                "max by (target, state) "
                    + "(\(Series.target("poolscope_pgbouncer_state", #"state=~"paused|suspended""#)))",
                "{{target}} as a whole: {{state}}"),
        ], alerts: [.bouncerDatabasePaused, .bouncerDatabaseDisabled])

    private static let databases = Panel(
        .table(
            columns: [
                .label("name", "Database"), .label("target", "Pooler"), .label("host", "Host"),
                .label("port", "Port"), .label("pool_mode", "Mode"),
                .value("A", "pool_size", .count), .value("B", "Reserve", .count),
                .value("C", "Open now", .count), .value("D", "Limit", .count, mappings: [.value("0", "none", "text")]),
                .value("E", "Paused", .count, .any), .value("F", "Disabled", .count, .anyIsCritical),
            ], sortBy: "Open now"),
        "Databases of PgBouncer", .twoThirds,
        means:
            "What SHOW DATABASES says: pool_size and reserve are for each pool of a database and a user, the limit is "
            + "for all of them.",
        worry: "when Open now is at the limit while a pool waits: the pools take connections from each other.",
        next: "raise max_db_connections, or give the database fewer users.", unit: .count,
        [
            "pool_size", "reserve_pool", "current_connections", "max_connections", "paused", "disabled",
        ].map { column in
            PanelQuery(
                "max by (target, name, host, port, pool_mode) "
                    + "(\(Series.bouncerConfiguration("pgbouncer_databases_\(column)")))", "", .table)
        }, alerts: [.bouncerDatabasePaused, .bouncerDatabaseDisabled, .poolReserveInUse])

    // MARK: Pools within services

    private static let leases = Panel(
        .lines, "How long connections are lent", .third,
        means: "95 % of the leases of a pool within a service were shorter than this. These pools are on the pages of "
            + "the services themselves: choose their job above.",
        worry: "when it is far above the duration of statements: the code holds a connection while it does other work.",
        next: "Connections leaked, and the service's own traces.", unit: .seconds,
        [
            PanelQuery(
                quantile(
                    0.95, of: .page("db_client_connection_use_time_seconds_bucket"),
                    by: ["db_client_connection_pool_name"]), "{{db_client_connection_pool_name}}")
        ])

    private static let refusals = Panel(
        .lines, "Leases refused", .third,
        means: "Tasks that asked for a connection and got none, by the reason.",
        worry: "at any acquire_timeout or too_many_waiters: the service answers with errors.",
        next: "Saturation per pool, of that pool.", unit: .perMinute,
        [
            PanelQuery(
                "60 * sum by (db_client_connection_pool_name, code) "
                    + "(\(Series.page("poolscope_client_pool_leases_refused_total").rate()))",
                "{{db_client_connection_pool_name}} {{code}}")
        ])

    private static let leaks = Panel(
        .lines, "Leases leaked", .third,
        means: "Leases that lasted longer than the pool's leakThreshold, as they passed it.",
        worry: "at any: a code path does not give its connection back.",
        next: "the service's log names the place where the lease was taken.", unit: .perMinute,
        [
            PanelQuery(
                "60 * sum by (db_client_connection_pool_name) "
                    + "(\(Series.page("poolscope_client_pool_leases_leaked_total").rate()))",
                "{{db_client_connection_pool_name}}")
        ])
}
