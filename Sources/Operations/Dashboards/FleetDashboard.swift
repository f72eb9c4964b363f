import Practice

/// Who is in trouble?
enum FleetDashboard {
    static let dashboard = Dashboard(
        id: .fleet, title: "Fleet", question: "Which server or pool is in trouble? From Poolscope's metrics.",
        variables: CommonVariables.targets, annotations: CommonAnnotations.all,
        rows: [
            DashboardRow(
                "Is anybody in trouble?",
                [targetsDown, clientsWaiting, fullestPool, perCore, oldestTransaction, firingAlerts]),
            DashboardRow("Which target?", [targets]),
            DashboardRow("Since when?", [poolStates, targetStates]),
            DashboardRow("How much?", [waits, saturation, activity]),
            DashboardRow("What fires?", [alerts]),
        ])

    // MARK: Is anybody in trouble?

    private static let targetsDown = Panel(
        .stat, "Targets not up", .sixth,
        means: "Servers and poolers whose last sample failed. Their gauges vanish at once, so other panels are silent "
            + "about them.",
        worry: "at 1.", next: "the table below says in which state each is; Poolscope's log has the reason.",
        unit: .count,
        [PanelQuery(#"sum(\#(Series.target("poolscope_target_up")) == bool 0)"#, "not up")],
        thresholds: .anyIsCritical, alerts: [.targetDown])

    private static let clientsWaiting = Panel(
        .stat, "Clients waiting", .sixth,
        means: "Clients that have asked a pool for a connection and have none yet, over all pools.",
        worry: "when it does not return to 0: a busy pool has moments of a few.",
        next: "State of the pools, then the dashboard Pools.", unit: .count,
        [PanelQuery("sum(\(Series.target("poolscope_pool_waiting_clients")))", "waiting")], thresholds: .any,
        alerts: [.poolClientsWaiting])

    private static let fullestPool = Panel(
        .stat, "Fullest pool", .sixth,
        means: "The used share of the fullest pool, the slots of servers included.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on for minutes; at 100 % the next client waits, or "
            + "is refused where there is no queue.",
        next: "Saturation below says which pool.", unit: .share,
        [PanelQuery("max(\(Series.target("poolscope_pool_saturation_ratio")))", "fullest")],
        thresholds: .saturation, alerts: [.poolSaturationHigh])

    private static let perCore = Panel(
        .stat, "Active sessions per core", .sixth,
        means: "Sessions at work on the busiest server, for each of its cores. Only of servers whose cores are "
            + "configured.",
        worry: "from \(Spoken.number(Thresholds.ActiveSessions.perCoreWarning)) on: work queues within the server.",
        next: "the dashboard Activity says what they wait for.", unit: .count,
        [PanelQuery("max(\(activePerCore))", "per core")], thresholds: .perCore,
        alerts: [.activeSessionsAboveCores])

    private static let oldestTransaction = Panel(
        .stat, "Oldest transaction", .sixth,
        means: "Age of the oldest open transaction of a client.",
        worry: "from \(Spoken.seconds(Thresholds.Transaction.warning)) on: it holds its connection and its locks, and "
            + "vacuum cannot clean behind it.",
        next: "the dashboard Transactions and locks.", unit: .seconds,
        [PanelQuery("max(\(Series.target("poolscope_oldest_transaction_seconds")))", "oldest")],
        thresholds: .transaction, alerts: [.longTransaction])

    private static let firingAlerts = Panel(
        .stat, "Alerts firing", .sixth,
        means: "Poolscope's alerts that fire now, as this Prometheus evaluates them.",
        worry: "at 1.", next: "What fires? below; each alert has a runbook.", unit: .count,
        [PanelQuery("sum(\(CommonAnnotations.firing)) or vector(0)", "firing")], thresholds: .any)

    // MARK: Which target?

    private static let targets = Panel(
        .table(
            columns: [
                .label(
                    "target", "Target",
                    links: [
                        PanelLink("Pools", to: .pools, setting: [.column("Target", as: "target")]),
                        PanelLink("Slots", to: .slots, setting: [.column("Target", as: "target")]),
                        PanelLink("Activity", to: .activity, setting: [.column("Target", as: "target")]),
                    ]),
                .label("kind", "Kind"), .label("cluster", "Cluster"),
                .label("state", "State", mappings: TargetState.mappings),
                .value("C", "Age of data (intervals)", .count, .stale),
                .value("D", "Saturation", .share, .saturation, cell: .gauge),
                .value("E", "Longest wait", .seconds, .poolWait),
                .value("F", "Active per core", .count, .perCore),
                .value("G", "p99 of statements", .seconds, .above(warning: Thresholds.QueryObjective.duration)),
                .value("H", "Oldest transaction", .seconds, .transaction),
                .value("I", "Blocked sessions", .count, .blockedSessions),
                .label("server_version", "Version"),
            ], sortBy: "Saturation"),
        "Targets", .full,
        means: "Every server and pooler that is watched, with the worst of its numbers. Columns are empty where they "
            + "do not apply, and all of them while a target is not up.",
        worry: "about anything red; about a state other than up: its numbers are missing, not old.",
        next: "the name of a target leads to its pools, slots and activity.", unit: .count,
        [
            PanelQuery(
                "max by (job, instance, target, cluster, kind, server_version) "
                    + "(\(Series.target("poolscope_target_info")))", "", .table),
            PanelQuery(
                "max by (job, instance, target, state) (\(Series.target("poolscope_target_state")) == 1)", "", .table),
            PanelQuery("max by (job, instance, target) (\(SelfDashboard.ageInIntervals))", "", .table),
            perTarget("max", "poolscope_pool_saturation_ratio"),
            perTarget("max", "poolscope_pool_oldest_wait_seconds"),
            PanelQuery("max by (job, instance, target) (\(activePerCore))", "", .table),
            PanelQuery(
                "\(p99) >= 0", "", .table),
            perTarget("max", "poolscope_oldest_transaction_seconds"),
            perTarget("sum", "poolscope_blocked_sessions"),
        ], alerts: [.targetDown, .dataStale])

    private static let p99 = quantile(
        0.99, of: .target("poolscope_query_duration_seconds_bucket"), by: ["job", "instance", "target"])

    private static func perTarget(_ aggregation: String, _ family: String) -> PanelQuery {
        PanelQuery("\(aggregation) by (job, instance, target) (\(Series.target(family)))", "", .table)
    }

    // MARK: Since when?

    /// 0 for a pool that lends at once, 1 for a queue, 2 for a queue before a full pool, or a server without slots.
    private static let poolState = """
        max by (target, database, user) (
            (\(Series.target("poolscope_pool_waiting_clients")) > bool 0)
          * (1 + (\(Series.target("poolscope_pool_saturation_ratio")) >= bool \(full)))
          or \(Series.target("poolscope_pool_waiting_clients")) > bool 0
          or 2 * (\(Series.target("poolscope_pool_saturation_ratio", #"pooler="server""#)) >= bool \(full))
        )
        """

    private static let full = Spoken.number(Thresholds.Saturation.full)

    private static let poolStates = Panel(
        .timeline(states: [
            .value("0", "lends at once", "green"), .value("1", "clients wait", "orange"),
            .value("2", "exhausted", "red"),
        ]),
        "State of the pools", .half,
        means: "Each pool over time: whether it lends at once, clients wait, or clients wait and every connection is "
            + "lent. The line with a target only is a server, whose slots have no queue: it is exhausted or not.",
        worry: "about red of more than a moment, and about orange that comes back at the same minute of each hour.",
        next: "the line leads to the pool.", unit: .count, [PanelQuery(poolState, Legend.pool)],
        alerts: [.poolExhausted], links: [Legend.poolLink])

    private static let targetStates = Panel(
        .timeline(states: [.value("1", "up", "green"), .value("0", "not up", "red")]),
        "State of the targets", .half,
        means: "Whether the last sample of each target was good.",
        worry: "about any red. Short ones, again and again, are a network or a server that restarts.",
        next: "Targets above has the state; Poolscope's log the reason.", unit: .count,
        [PanelQuery("min by (target) (\(Series.target("poolscope_target_up")))", "{{target}}")],
        alerts: [.targetDown])

    // MARK: How much?

    private static let waits = Panel(
        .lines, "Longest wait", .third,
        means: "The wait of the first client in the queues of each target.",
        worry: "from \(Spoken.seconds(Thresholds.PoolWait.warning)) on.", next: "Pools, for the pool and its users.",
        unit: .seconds,
        [PanelQuery("max by (target) (\(Series.target("poolscope_pool_oldest_wait_seconds")))", "{{target}}")],
        thresholds: .poolWait,
        links: [PanelLink("Pools", to: .pools, setting: [.series("target")])])

    private static let saturation = Panel(
        .lines, "Saturation", .third,
        means: "The used share of the fullest pool of each target; of a server, of its slots.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on for minutes.",
        next: "Pools for a pooler, Slots for a server.", unit: .share,
        [PanelQuery("max by (target) (\(Series.target("poolscope_pool_saturation_ratio")))", "{{target}}")],
        thresholds: .saturation,
        links: [
            PanelLink("Pools", to: .pools, setting: [.series("target")]),
            PanelLink("Slots", to: .slots, setting: [.series("target")]),
        ])

    private static let activity = Panel(
        .lines, "Active sessions by core", .third,
        means: "Sessions at work on each server, for each of its cores.",
        worry: "above 1 as a habit; from \(Spoken.number(Thresholds.ActiveSessions.perCoreWarning)) on an alert fires.",
        next: "Activity, for what they wait for.", unit: .count,
        [PanelQuery("max by (target) (\(activePerCore))", "{{target}}")], thresholds: .perCore,
        links: [PanelLink("Activity", to: .activity, setting: [.series("target")])])

    private static let activePerCore = """
        sum by (job, instance, target) \
        (\(Series.target("poolscope_session_seconds_total", #"state="active""#).rate())) \
        / on (job, instance, target) (\(Series.target("poolscope_server_cores")) > 0)
        """

    // MARK: What fires?

    private static let alerts = Panel(
        .table(
            columns: [
                .label("alertname", "Alert"),
                .label(
                    "severity", "Severity", mappings: [.value("critical", "red"), .value("warning", "orange")]),
                .label("target", "Target"), .label("pooler", "Pooler"), .label("database", "Pool's database"),
                .label("datname", "Database"), .label("user", "User"),
            ], sortBy: "Severity"),
        "Firing alerts", .full,
        means:
            "Poolscope's alerts that fire now, with what each is about. Empty when none fires, or when the rules are "
            + "not loaded into this Prometheus.",
        worry: "about critical ones: somebody waits or is refused.",
        next: "the runbook of that name, behind Runbooks at the head of this page.", unit: .count,
        [
            PanelQuery(
                "max by (alertname, severity, target, pooler, database, datname, user) (\(CommonAnnotations.firing))",
                "", .table)
        ])
}
