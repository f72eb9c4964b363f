import Practice

/// Is Poolscope itself well, and what does it cost?
enum SelfDashboard {
    static let dashboard = Dashboard(
        id: .poolscope, title: "Poolscope itself",
        question:
            "Can the numbers be trusted, what is left out, and what does watching cost? From Poolscope's metrics.",
        variables: CommonVariables.targets, annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("Is it watching?", [pagesDown, targetsDown, oldestData, watchdog]),
            DashboardRow("Are the numbers fresh?", [age, skipped, failed, collectors]),
            DashboardRow("In what state are the targets?", [states]),
            DashboardRow("What is left out?", [folded, privileges, columns]),
            DashboardRow("What does it cost the servers?", [cost, duration, interval]),
            DashboardRow("What does it cost here?", [processor, memory, files]),
            DashboardRow("Scrapes and versions", [scrapeTime, scrapeSize, builds]),
        ])

    // MARK: Is it watching?

    private static let pagesDown = Panel(
        .stat, "Poolscopes not scraped", .quarter,
        means: "Pages of the chosen jobs that Prometheus could not read at its last attempt.",
        worry: "at 1: everything else here says nothing about them.",
        next: "is the process there? `systemctl status poolscope`, then its log.", unit: .count,
        [PanelQuery("sum(\(Series.page("up")) == bool 0)", "down")], thresholds: .anyIsCritical,
        alerts: [.poolscopeDown])

    private static let targetsDown = Panel(
        .stat, "Targets without a good sample", .quarter, means: "Servers and poolers whose last sample failed.",
        worry: "at 1.", next: "In what state are the targets?", unit: .count,
        [PanelQuery("sum(\(Series.target("poolscope_target_up")) == bool 0)", "not up")],
        thresholds: .anyIsCritical, alerts: [.targetDown])

    /// Needed on Fleet, too.
    static let ageInIntervals = """
        (time() - \(Series.target("poolscope_sample_timestamp_seconds"))) \
        / \(Series.target("poolscope_sampling_interval_seconds"))
        """

    private static let oldestData = Panel(
        .stat, "Age of the oldest numbers, in intervals", .quarter,
        means: "Since the last good sample of the collector that is furthest behind, in its own intervals. The time "
            + "between two scrapes is part of it.",
        worry:
            "from \(Spoken.number(Thresholds.Watching.staleIntervals)) on, where scrapes are not rarer than samples.",
        next: "Age of the numbers by collector.", unit: .count,
        [PanelQuery("max(\(ageInIntervals))", "oldest")], thresholds: .stale, alerts: [.dataStale])

    private static let watchdog = Panel(
        .stat, "Watchdog", .quarter,
        means: "An alert that always fires, so that its absence says that rules are not evaluated, or not loaded.",
        worry: "at 0: no other alert can fire either.",
        next: "rule_files of Prometheus; Status, Rules in its own pages.", unit: .count,
        [
            PanelQuery(
                "count(\(Series.alerts(#"alertname="\#(AlertName.watchdog.rawValue)""#, #"alertstate="firing""#)))"
                    + " or vector(0)", "firing")
        ], thresholds: .below(warning: 1), alerts: [.watchdog])

    // MARK: Are the numbers fresh?

    private static let age = Panel(
        .lines, "Age of the numbers by collector", .quarter,
        means: "Since the last good sample of each collector, in its intervals.",
        worry: "from \(Spoken.number(Thresholds.Watching.staleIntervals)) on and rising: the dashboards stand still.",
        next: "In what state are the targets? and Samples that failed.", unit: .count,
        [PanelQuery("max by (target, collector) (\(ageInIntervals))", "{{target}} {{collector}}")],
        thresholds: .stale, alerts: [.dataStale])

    private static func samples(_ matchers: String...) -> Series {
        Series.target("poolscope_samples_total", matchers.joined(separator: ", "))
    }

    private static let skipped = Panel(
        .lines, "Skipped samples", .quarter,
        means: "The share of samples that were due and not taken, since the sampler was late. A command that a version "
            + "does not have is skipped always.",
        worry: "from \(Spoken.share(Thresholds.Watching.skippedShare)) on: what lasts a second is missed.",
        next: "CPU of Poolscope, and Duration of a sample.", unit: .share,
        [
            PanelQuery(
                """
                sum by (target, collector) (\(samples(#"outcome="skipped""#).rate())) \
                / (sum by (target, collector) (\(Series.target("poolscope_samples_total").rate())) > 0)
                """, "{{target}} {{collector}}")
        ], thresholds: .above(warning: Thresholds.Watching.skippedShare), alerts: [.samplerOverrun])

    private static let failed = Panel(
        .lines, "Samples that failed", .quarter,
        means: "Samples that ended with an error, by collector.",
        worry: "at any that lasts: one collector alone is a missing privilege, all of a target is the target.",
        next: "Poolscope's log has the server's words.", unit: .perMinute,
        [
            PanelQuery(
                "60 * sum by (target, collector) (\(samples(#"outcome="error""#).rate()))",
                "{{target}} {{collector}}")
        ], alerts: [.collectorFailing])

    private static let collectors = Panel(
        .timeline(states: [.value("1", "good", "green"), .value("0", "failed", "red")]),
        "Last read of each collector", .quarter, means: "Whether the last read of each collector was good.",
        worry: "about red that stays.", next: "Samples that failed.", unit: .count,
        [
            PanelQuery(
                "min by (target, collector) (\(Series.target("pg_scrape_collector_success")))",
                "{{target}} {{collector}}")
        ], alerts: [.collectorFailing])

    // MARK: In what state are the targets?

    private static let states = Panel(
        .table(
            columns: [
                .label("target", "Target"), .label("kind", "Kind"), .label("cluster", "Cluster"),
                .label("state", "State", mappings: TargetState.mappings),
                .value("C", "Last good sample", .seconds), .label("server_version", "Version"),
                .label("job", "Job"), .label("instance", "Poolscope"),
            ], sortBy: "Last good sample"),
        "State of each target", .full,
        means: "Every server and pooler that is watched: its state, and the time since its last good sample.",
        worry: "about any state but up: numbers of that target are missing, not old.",
        next: "too_many_connections means that the server is full; for the others, Poolscope's log has the reason.",
        unit: .seconds,
        [
            PanelQuery(
                "max by (job, instance, target, kind, cluster, server_version) "
                    + "(\(Series.target("poolscope_target_info")))", "", .table),
            PanelQuery(
                "max by (job, instance, target, state) (\(Series.target("poolscope_target_state")) == 1)", "", .table),
            PanelQuery(
                "time() - max by (job, instance, target) "
                    + "(\(Series.target("poolscope_sample_timestamp_seconds")))", "", .table),
        ], alerts: [.targetDown])

    // MARK: What is left out?

    private static let folded = Panel(
        .lines, "Label sets summed as “other”", .third,
        means: "Label sets beyond the series budget of a family, each time they were met. Totals stay right.",
        worry: "when it is not 0: some application or user is only visible as other.",
        next: "raise series_limit, or give clients names that do not change with each process.", unit: .perSecond,
        [
            PanelQuery(
                "sum by (target, family) (\(Series.target("poolscope_series_folded_total").rate()))",
                "{{target}} {{family}}")
        ], alerts: [.seriesFolded])

    private static let privileges = Panel(
        .table(
            columns: [
                .label("target", "Server"), .label("privilege", "Privilege"),
                .value(
                    "", "Missing", .count, mappings: [.value("1", "missing", "orange"), .value("0", "there", "green")]),
            ], sortBy: "Missing"),
        "Privileges of Poolscope's role", .third,
        means: "Whether Poolscope's role is a member of the roles that show other users' sessions and all settings.",
        worry: "when pg_read_all_stats is missing: states, waits and times of others are hidden.",
        next: "GRANT pg_monitor TO the role.", unit: .count,
        [
            PanelQuery(
                "max by (target, privilege) (\(Series.target("poolscope_privilege_missing")))", "", .table)
        ])

    private static let columns = Panel(
        .lines, "Unknown columns", .third,
        means: "Numeric columns of this version of PostgreSQL or PgBouncer that no family uses yet.",
        worry: "not at all: a newer version says more than Poolscope reads.",
        next: "look for a newer Poolscope.", unit: .count,
        [
            PanelQuery(
                "max by (target, collector) (\(Series.target("poolscope_unknown_columns")))",
                "{{target}} {{collector}}")
        ])

    // MARK: What does it cost the servers?

    private static let cost = Panel(
        .lines, "Share of a core", .third,
        means:
            "The estimated share of one core of each server that sampling takes. The dashed line is what it may take: "
            + "above it the interval is stretched.",
        worry: "when it is at the line: samples become rarer.", next: "Interval of sampling.", unit: .share,
        [
            PanelQuery("sum by (target) (\(Series.target("poolscope_server_cost_ratio")))", "{{target}}"),
            PanelQuery("max(\(Series.target("poolscope_server_budget_ratio")))", "budget"),
        ], styles: [.limit("budget")])

    private static let duration = Panel(
        .lines, "Duration of a sample", .third,
        means: "95 % of the samples of each collector took less than this, network and decoding included.",
        worry: "when it comes near the interval.", next: "is the server overloaded? see Activity.", unit: .seconds,
        [
            PanelQuery(
                quantile(0.95, of: .target("poolscope_sample_duration_seconds_bucket"), by: ["target", "collector"]),
                "{{target}} {{collector}}")
        ])

    private static let interval = Panel(
        .lines, "Interval of sampling", .third,
        means:
            "How often each collector samples: as configured, or stretched while its answers are large or the budget "
            + "is used up.",
        worry: "when activity is sampled less often than every few seconds.", next: "Share of a core.", unit: .seconds,
        [
            PanelQuery(
                "max by (target, collector) (\(Series.target("poolscope_sampling_interval_seconds")))",
                "{{target}} {{collector}}")
        ])

    // MARK: What does it cost here?

    private static let processor = Panel(
        .lines, "CPU of Poolscope", .third, means: "Share of one core that the agent uses.",
        worry: "when it comes near 100 %.", next: "fewer targets for one agent, or a longer interval.", unit: .share,
        [PanelQuery("max by (instance) (\(Series.page("process_cpu_seconds_total").rate()))", "{{instance}}")])

    private static let memory = Panel(
        .lines, "Memory of Poolscope", .third, means: "Resident memory of the agent.",
        worry: "when it grows from day to day.", next: "restart it, and tell its authors.", unit: .bytes,
        [PanelQuery("max by (instance) (\(Series.page("process_resident_memory_bytes")))", "{{instance}}")])

    private static let files = Panel(
        .lines, "Open files of Poolscope", .third, means: "Share of the open files that the agent may have.",
        worry: "from \(Spoken.share(Thresholds.Saturation.warning)) on.",
        next: "LimitNOFILE of its unit; count its targets and scrapers.", unit: .share,
        [
            PanelQuery(
                "max by (instance) (\(Series.page("process_open_fds")) / \(Series.page("process_max_fds")))",
                "{{instance}}")
        ], thresholds: .above(warning: Thresholds.Saturation.warning))

    // MARK: Scrapes and versions

    private static let scrapeTime = Panel(
        .lines, "Duration of a scrape", .third, means: "How long Prometheus takes to read the page.",
        worry: "from a second on: the page is made once for each tick, so that only the network is slow.",
        next: "the way between Prometheus and Poolscope.", unit: .seconds,
        [PanelQuery("max by (instance) (\(Series.page("scrape_duration_seconds")))", "{{instance}}")])

    private static let scrapeSize = Panel(
        .lines, "Samples in a scrape", .third, means: "How many samples the page has.",
        worry: "when it grows without new targets: labels that change with each process.",
        next: "Label sets summed as “other”.", unit: .count,
        [PanelQuery("max by (instance) (\(Series.page("scrape_samples_scraped")))", "{{instance}}")])

    private static let builds = Panel(
        .table(
            columns: [
                .label("instance", "Poolscope"), .label("version", "Version"), .label("libpq", "libpq"),
                .label("libmicrohttpd", "libmicrohttpd"), .value("B", "Running for", .seconds),
            ], sortBy: "Running for"),
        "Versions", .third, means: "The versions that run, and for how long.",
        worry: "about two versions for longer than a deploy takes.", next: "the changelog.", unit: .seconds,
        [
            PanelQuery(
                "max by (instance, version, libpq, libmicrohttpd) (\(Series.page("poolscope_build_info")))", "",
                .table),
            PanelQuery("time() - max by (instance) (\(Series.page("process_start_time_seconds")))", "", .table),
        ])
}
