import Practice

/// What are the sessions doing, and what do they wait for?
enum ActivityDashboard {
    static let dashboard = Dashboard(
        id: .activity, title: "Activity",
        question: "What do the sessions of the servers do, what do they wait for, and does it fit the machine? "
            + "From Poolscope's metrics.",
        variables: CommonVariables.servers + [
            CommonVariables.database(of: "poolscope_oldest_query_seconds"),
            CommonVariables.user(of: "poolscope_connections"),
        ],
        annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("What do sessions do?", [byWait, perCore, byState]),
            DashboardRow("Which wait, which database?", [byEvent, byDatabase]),
            DashboardRow("Top of the time range", [topEvents, topSessions]),
            DashboardRow("Can it be trusted?", [sampledAndExact, coverage, interval]),
        ])

    private static let active = Series.database("poolscope_session_seconds_total", #"state="active""#)

    /// An empty wait is a session on a core, as far as the server says.
    private static func namingCPU(_ label: String, _ expression: String) -> String {
        #"label_replace(\#(expression), "\#(label)", "CPU", "\#(label)", "")"#
    }

    // MARK: What do sessions do?

    private static let byWait = Panel(
        .stacked, "Average active sessions by wait", .twoThirds,
        means:
            "How many sessions were at work on average, by what they waited for; CPU is not waiting. From a look every "
            + "second, so that what happens between two scrapes is in it. The dashed line is the number of cores, where "
            + "it is configured.",
        worry: "above the line of cores: sessions queue for the machine or for each other. Lock is one session that "
            + "blocks others, IO is storage, LWLock is contention within the server, Client is an application that does "
            + "not fetch.",
        next: "the kind of wait by event below; Lock: Transactions and locks; CPU: Slow queries.", unit: .count,
        [
            PanelQuery(
                "sum by (wait_event_type) (\(namingCPU("wait_event_type", active.rate())))", "{{wait_event_type}}"),
            PanelQuery("sum(\(Series.target("poolscope_server_cores")))", "cores"),
        ],
        links: [PanelLink("Transactions and locks", to: .transactions, setting: [], carrying: ["target", "database"])],
        styles: [
            .limit("cores"), .colour("CPU", "green"), .colour("IO", "blue"), .colour("Lock", "red"),
            .colour("LWLock", "orange"), .colour("Client", "#8e8e8e"), .colour("IPC", "purple"),
            .colour("BufferPin", "yellow"), .colour("Timeout", "#b5a27f"), .colour("Extension", "#5f9ea0"),
        ])

    private static let perCore = Panel(
        .lines, "Active sessions for each core", .third,
        means: "Sessions at work on each server, over its cores. Only of servers whose cores are configured.",
        worry: "above 1 as a habit; from \(Spoken.number(Thresholds.ActiveSessions.perCoreWarning)) on for minutes.",
        next:
            "the left graph: CPU needs better statements or more cores, Lock one session to end, IO storage or memory.",
        unit: .count,
        [
            PanelQuery(
                """
                sum by (target) (\(Series.target("poolscope_session_seconds_total", #"state="active""#).rate())) \
                / on (target) (max by (target) (\(Series.target("poolscope_server_cores"))) > 0)
                """, "{{target}}")
        ], thresholds: .perCore, alerts: [.activeSessionsAboveCores])

    private static let byState = Panel(
        .stacked, "Sessions by state", .full,
        means: "Average number of sessions in each state.",
        worry:
            "when idle in transaction grows: such a session holds its connection and its locks and does nothing. Many "
            + "idle ones are connections that a pool would share.",
        next: "Transactions and locks, for how long; Slots, for whose they are.", unit: .count,
        [
            PanelQuery(
                "sum by (state) (\(Series.database("poolscope_session_seconds_total").rate()))", "{{state}}")
        ],
        styles: [
            .colour("active", "green"), .colour("idle", "blue"), .colour("idle in transaction", "orange"),
            .colour("idle in transaction (aborted)", "red"),
        ])

    // MARK: Which wait, which database?

    private static let byEvent = Panel(
        .stacked, "Active sessions by wait event", .half,
        means: "The same sessions by the event itself.",
        worry:
            "about one event that was not there before: transactionid and tuple are rows, relation is DDL, DataFileRead "
            + "a cold or missing index, WALWrite and WALSync the disk of the log.",
        next: "Top wait events for its share.", unit: .count,
        [
            PanelQuery(
                "sum by (wait_event) (\(namingCPU("wait_event", active.rate())))", "{{wait_event}}")
        ])

    private static let byDatabase = Panel(
        .stacked, "Active sessions by database", .half, means: "The same sessions by server and database.",
        worry: "about one that pushes out the others.", next: "choose it above; Top applications and users.",
        unit: .count, [PanelQuery("sum by (target, datname) (\(active.rate()))", "{{target}} {{datname}}")],
        links: [
            PanelLink(
                "Slow queries", to: .slowQueries, setting: [.series("target"), .series("datname", as: "database")])
        ])

    // MARK: Top of the time range

    private static let topEvents = Panel(
        .table(
            columns: [
                .label("wait_event_type", "Type"), .label("wait_event", "Event"),
                .value("A", "Session time", .seconds), .value("B", "Share of load", .share, cell: .gauge),
            ], sortBy: "Session time"),
        "Top wait events", .half,
        means:
            "What active sessions spent their time on, over the whole time range. The share is that of all active time.",
        worry: "when the first line is not CPU and is above a third: that wait is what users feel.",
        next: "the runbook of active sessions has what each kind means.", unit: .seconds,
        [
            PanelQuery(
                "sum by (wait_event_type, wait_event) (\(named(active.increase(Series.wholeRange))))", "", .table),
            PanelQuery(
                """
                sum by (wait_event_type, wait_event) (\(named(active.increase(Series.wholeRange)))) \
                / on () group_left () (sum(\(active.increase(Series.wholeRange))) > 0)
                """, "", .table),
        ], alerts: [.activeSessionsAboveCores])

    private static func named(_ expression: String) -> String {
        namingCPU("wait_event", namingCPU("wait_event_type", expression))
    }

    private static let topSessions = Panel(
        .table(
            columns: [
                .label("application_name", "Application"), .label("usename", "User"), .label("datname", "Database"),
                .label("target", "Server"), .value("A", "Active on average", .count),
                .value("B", "Connections on average", .count),
            ], sortBy: "Active on average"),
        "Top applications and users", .half,
        means:
            "Who was at work, over the whole time range: the mean of what each scrape found, so that it is coarser than "
            + "the graphs above.",
        worry: "about one application with most of the work, and about many connections with little of it.",
        next: "Slow queries, for its statements; Slots, for its connections.", unit: .count,
        [
            meanOverScrapes(.session("poolscope_connections", #"state="active""#)),
            meanOverScrapes(.session("poolscope_connections")),
        ])

    /// A series is absent while it has nothing to count, so that the mean is over the scrapes, not over its samples.
    private static func meanOverScrapes(_ series: Series) -> PanelQuery {
        PanelQuery(
            """
            sum by (target, application_name, usename, datname) (sum_over_time(\(series)[\(Series.wholeRange)])) \
            / on (target) group_left () \
            max by (target) (count_over_time(\(Series.target("poolscope_target_up"))[\(Series.wholeRange)]))
            """, "", .table)
    }

    // MARK: Can it be trusted?

    private static let sampledAndExact = Panel(
        .lines, "Sampled and exact", .third,
        means: "Active sessions by sampling, and by the server's own clock (PostgreSQL 14+), which credits a statement "
            + "when it ends.",
        worry: "when they differ for long, and no long statement explains it: the sampler is late.",
        next: "Poolscope itself.", unit: .count,
        [
            PanelQuery("sum(\(active.rate()))", "sampled"),
            PanelQuery(
                "sum(\(Series.database("pg_stat_database_active_time_seconds_total").rate()))", "credited at the end"),
        ])

    private static let coverage = Panel(
        .lines, "Samples that were taken", .third,
        means: "The share of the due looks at pg_stat_activity that were good, of each server.",
        worry:
            "below \(Spoken.share(1 - Thresholds.Watching.skippedShare)): the graphs above know less than they show.",
        next: "Poolscope itself, Skipped samples.", unit: .share,
        [
            PanelQuery(
                """
                sum by (target) (\(samples(#"collector="activity", outcome="ok""#).rate())) \
                / (sum by (target) (\(samples(#"collector="activity""#).rate())) > 0)
                """, "{{target}}")
        ], thresholds: .below(warning: 1 - Thresholds.Watching.skippedShare), maximum: 1)

    private static func samples(_ matchers: String) -> Series { .target("poolscope_samples_total", matchers) }

    private static let interval = Panel(
        .lines, "Sampling interval", .third,
        means: "How often each server is looked at. It is stretched while answers are large or the server's budget is "
            + "used up.",
        worry: "when it is longer than configured: what lasts shorter than it is counted only by luck.",
        next: "Poolscope itself, Share of a core.", unit: .seconds,
        [
            PanelQuery(
                "max by (target) "
                    + "(\(Series.target("poolscope_sampling_interval_seconds", #"collector="activity""#)))",
                "{{target}}")
        ])
}
