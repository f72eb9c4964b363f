import Practice

/// How fast are statements, and which are slow?
enum SlowQueriesDashboard {
    static let dashboard = Dashboard(
        id: .slowQueries, title: "Slow queries",
        question: "How fast are statements, do they keep the objective, and whose are the slow ones? "
            + "From Poolscope's metrics.",
        variables: CommonVariables.servers + [
            CommonVariables.database(of: "poolscope_query_duration_seconds_count"),
            CommonVariables.user(of: "poolscope_connections"),
        ],
        annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("Is it slow?", [p99Now, overNow, slowNow, oldestNow]),
            DashboardRow("How are durations distributed?", [distribution, quantiles]),
            DashboardRow("Is the objective kept?", [overObjective, budget]),
            DashboardRow("Which are slow?", [slowPerMinute, oldest, byApplication]),
            DashboardRow("How many, how long?", [rate, mean, p99ByDatabase]),
            DashboardRow("Can it be trusted?", [sources, exactness]),
        ])

    private static let buckets = Series.database("poolscope_query_duration_seconds_bucket")
    private static let count = Series.database("poolscope_query_duration_seconds_count")

    /// A bucket by its bound, as OpenMetrics writes it, and as it was written before.
    private static func bucket(_ bound: Double) -> Series {
        let plain = Spoken.number(bound)
        let matcher = plain == String(bound) ? #"le="\#(plain)""# : #"le=~"\#(plain)|\#(bound)""#
        return .database("poolscope_query_duration_seconds_bucket", matcher)
    }

    /// The share of statements that took longer than a bound, in each database.
    private static func shareOver(_ bound: Double, window: String = Series.grafanaWindow) -> String {
        """
        1 - sum by (target, datname) (\(bucket(bound).rate(window))) \
        / (sum by (target, datname) (\(count.rate(window))) > 0)
        """
    }

    private static let objective = Thresholds.QueryObjective.duration
    private static let allowance = 1 - Thresholds.QueryObjective.share
    private static let spokenObjective = Spoken.seconds(objective)
    private static let legend = "{{target}} {{datname}}"

    // MARK: Is it slow?

    private static let p99Now = Panel(
        .stat, "p99 of statements", .quarter, means: "99 % of the statements that ended lately took less than this.",
        worry: "from \(spokenObjective) on: that is the objective.", next: "Distribution of durations.",
        unit: .seconds, [PanelQuery("\(quantile(0.99, of: buckets)) >= 0", "p99")],
        thresholds: .above(warning: objective))

    private static let overNow = Panel(
        .stat, "Statements over the objective", .quarter,
        means: "The share of statements that took longer than \(spokenObjective), in the worst database.",
        worry: "from \(Spoken.share(allowance)) on: more than the objective leaves.",
        next: "Is the objective kept? for how fast the budget goes.", unit: .share,
        [PanelQuery("max(\(shareOver(objective)))", "over")], thresholds: .above(warning: rounded(allowance)),
        alerts: [.queryLatencyBudgetBurn])

    private static func rounded(_ value: Double) -> Double { (value * 1_000_000).rounded() / 1_000_000 }

    private static let slowNow = Panel(
        .stat, "Slow statements per minute", .quarter,
        means: "Statements that ended after more than \(Spoken.seconds(Thresholds.SlowQuery.duration)), of all chosen "
            + "databases.",
        worry: "from \(Spoken.number(Thresholds.SlowQuery.perMinute)) a minute on.",
        next: "Slow statements by database, then by application.", unit: .perMinute,
        [
            PanelQuery(
                "60 * (sum(\(count.rate())) - sum(\(bucket(Thresholds.SlowQuery.duration).rate())))", "slow")
        ], thresholds: .above(warning: Thresholds.SlowQuery.perMinute), alerts: [.slowQueries])

    private static let oldestNow = Panel(
        .stat, "Oldest running statement", .quarter, means: "Age of the statement that has run longest.",
        worry: "from \(Spoken.seconds(Thresholds.SlowQuery.oldest)) on, where it is not a report that you know.",
        next: "the runbook finds its session, and cancels it.", unit: .seconds,
        [PanelQuery("max(\(Series.database("poolscope_oldest_query_seconds")))", "oldest")],
        thresholds: .above(warning: Thresholds.SlowQuery.oldest), alerts: [.slowQueries])

    // MARK: How are durations distributed?

    private static let distribution = Panel(
        .heatmap, "Distribution of durations", .half,
        means:
            "How many statements ended in each class of duration. Those that last a sampling interval are all in it; "
            + "shorter ones where pg_stat_statements is there (see Source of the durations).",
        worry:
            "about a new band above the usual ones: one kind of statement became slow. A band that moves up as a whole "
            + "is a slow server.",
        next: "one band: Slow statements by application. All: Activity.", unit: .seconds,
        [PanelQuery("sum by (le) (\(buckets.increase()))", "{{le}}", .heatmap)])

    private static let quantiles = Panel(
        .lines, "Duration by quantile", .half,
        means: "Half, 95 % and 99 % of statements are faster than this. The points are single slow statements "
            + "(exemplars) with the id that pg_stat_statements has for them, where Prometheus keeps exemplars.",
        worry: "when p99 leaves its band, or passes the objective of \(spokenObjective).",
        next: "query_id of a point: SELECT query FROM pg_stat_statements WHERE queryid = …", unit: .seconds,
        [
            PanelQuery(quantile(0.5, of: buckets), "p50"), PanelQuery(quantile(0.95, of: buckets), "p95"),
            PanelQuery(quantile(0.99, of: buckets), "p99", exemplars: true),
        ], thresholds: .above(warning: objective))

    // MARK: Is the objective kept?

    private static let overObjective = Panel(
        .lines, "Share over the objective", .half,
        means:
            "The share of statements that took longer than \(spokenObjective). The line is what the objective leaves.",
        worry: "above the line for hours: the month's budget does not last.",
        next: "Latency budget burnt says whether to act now.", unit: .share,
        [PanelQuery(shareOver(objective), legend)], thresholds: .above(warning: rounded(allowance)),
        alerts: [.queryLatencyBudgetBurn])

    private static let budget = Panel(
        .lines, "Latency budget burnt, 1 h and 6 h", .half,
        means: "How fast the budget is spent: the share over the objective, over the share that it leaves "
            + "(\(Spoken.share(allowance))), in the windows of the alert. At 1 the budget of a month lasts a month.",
        worry: "from \(Spoken.number(Thresholds.Burn.fast)) on over an hour, or "
            + "\(Spoken.number(Thresholds.Burn.medium)) over six.",
        next: "Share over the objective for since when; Activity for what statements wait for.", unit: .count,
        ["1h", "6h"].map { window in
            PanelQuery(
                "(\(shareOver(objective, window: window))) / \(Budget.of(Thresholds.QueryObjective.share))",
                "\(window) \(legend)")
        }, thresholds: .burn, alerts: [.queryLatencyBudgetBurn],
        links: [PanelLink("Activity", to: .activity, setting: [.series("target"), .series("datname", as: "database")])])

    // MARK: Which are slow?

    private static let slowPerMinute = Panel(
        .lines, "Slow statements by database", .third,
        means:
            "Statements that ended after more than \(Spoken.seconds(Thresholds.SlowQuery.duration)): complete, none is "
            + "missed. One that still runs is not here yet.",
        worry: "from \(Spoken.number(Thresholds.SlowQuery.perMinute)) a minute on.",
        next: "Oldest statement for those that run; the runbook for their texts.", unit: .perMinute,
        [
            PanelQuery(
                """
                60 * (sum by (target, datname) (\(count.rate())) \
                - sum by (target, datname) (\(bucket(Thresholds.SlowQuery.duration).rate())))
                """, legend)
        ], thresholds: .above(warning: Thresholds.SlowQuery.perMinute), alerts: [.slowQueries])

    private static let oldest = Panel(
        .lines, "Oldest statement", .third,
        means: "Age of the statement that runs longest, in each database.",
        worry: "from \(Spoken.seconds(Thresholds.SlowQuery.oldest)) on, where it is not a report that you know.",
        next: "`poolscope sessions` names it, `poolscope cancel` ends it.", unit: .seconds,
        [
            PanelQuery(
                "max by (target, datname) (\(Series.database("poolscope_oldest_query_seconds")))", legend)
        ], thresholds: .above(warning: Thresholds.SlowQuery.oldest), alerts: [.slowQueries])

    private static let byApplication = Panel(
        .lines, "Slow statements by application", .third,
        means: "Statements that passed the slow threshold (\(Spoken.seconds(Thresholds.SlowQuery.duration)) unless "
            + "configured), by application and user, each counted once, when it passes.",
        worry: "when an application that had none has some.", next: "the runbook's queries show the texts.",
        unit: .perMinute,
        [
            PanelQuery(
                "60 * sum by (datname, application_name, usename) "
                    + "(\(Series.session("poolscope_slow_queries_total").rate()))",
                "{{datname}} {{application_name}} {{usename}}")
        ], alerts: [.slowQueries])

    // MARK: How many, how long?

    private static let rate = Panel(
        .lines, "Statements per second", .third, means: "Statements that ended, as far as they are known (see below).",
        worry: "when it falls while durations rise: the server is the bottleneck.", next: "Activity.",
        unit: .perSecond, [PanelQuery("sum by (target, datname) (\(count.rate()))", legend)])

    private static let mean = Panel(
        .lines, "Mean duration", .third,
        means: "Time of statements over their number: the server's own figures where pg_stat_statements is there.",
        worry: "when it rises and p50 does not: a few became very slow.", next: "Distribution of durations.",
        unit: .seconds,
        [
            PanelQuery(
                """
                sum by (target, datname) (\(Series.database("poolscope_query_duration_seconds_sum").rate())) \
                / (sum by (target, datname) (\(count.rate())) > 0)
                """, legend)
        ])

    private static let p99ByDatabase = Panel(
        .lines, "p99 by database", .third, means: "99 % of the statements of each database are faster than this.",
        worry: "about one that leaves the others.", next: "choose it above.", unit: .seconds,
        [PanelQuery(quantile(0.99, of: buckets, by: ["target", "datname"]), legend)],
        thresholds: .above(warning: objective))

    // MARK: Can it be trusted?

    private static let sources = Panel(
        .table(
            columns: [
                .label("target", "Server"), .label("datname", "Database"),
                .label(
                    "source", "Source", mappings: [.value("reconciled", "green"), .value("sampled", "orange")]),
            ], sortBy: "Source"),
        "Source of the durations", .half,
        means: "reconciled: completed from pg_stat_statements, so that count and sum are the server's. sampled: what "
            + "pg_stat_activity shows: complete from one sampling interval on, a part of what is shorter.",
        worry: "about sampled where you read means and p50 here: they are those of longer statements.",
        next: "CREATE EXTENSION pg_stat_statements in the database that Poolscope connects to.", unit: .count,
        [
            PanelQuery(
                "max by (target, datname, source) (\(Series.database("poolscope_query_duration_info")))", "", .table)
        ])

    private static let exactness = Panel(
        .lines, "Durations known exactly", .half,
        means: "The share of followed statements whose end the server showed; the others ended between two samples.",
        worry: "when it falls: samples are missed.", next: "Activity, Samples that were taken.", unit: .share,
        [
            PanelQuery(
                """
                sum by (target) (\(episodes(#"kind="statement", end="exact""#).rate())) \
                / (sum by (target) (\(episodes(#"kind="statement""#).rate())) > 0)
                """, "{{target}}")
        ], maximum: 1)

    private static func episodes(_ matchers: String) -> Series { .target("poolscope_episodes_total", matchers) }
}
