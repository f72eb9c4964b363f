import Exposition

/// The families that the sampler publishes for every target.
enum SamplerFamilies {
    static let targetInfo = FamilyDescriptor(
        "poolscope_target_info", .info, labels: ["kind", "server_version", "cluster"],
        help: "What the target is. server_version is that of the last session, empty before the first.")
    static let targetUp = FamilyDescriptor(
        "poolscope_target_up", .gauge, help: "1 when the last sample succeeded, else 0 (see poolscope_target_state).")
    static let targetState = FamilyDescriptor(
        "poolscope_target_state", .stateset, labels: ["state"],
        help: "The target's state: exactly one of these is 1. When it is not “up”, the target's gauges are absent, its "
            + "counters and histograms stay.")
    static let sampleTimestamp = FamilyDescriptor(
        "poolscope_sample_timestamp_seconds", .gauge, unit: "seconds", labels: ["collector"],
        help: "When this collector's last good sample was taken, by the agent's clock: time() minus this is its age.")
    static let sampleDuration = FamilyDescriptor(
        "poolscope_sample_duration_seconds", .histogram, unit: "seconds", labels: ["collector"],
        buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
        help: "Time of one sample, network and decoding included.")
    static let samples = FamilyDescriptor(
        "poolscope_samples_total", .counter, labels: ["collector", "outcome"],
        help: "Samples by outcome. skipped: the sampler was late, or the command does not exist in this version.")
    static let samplingInterval = FamilyDescriptor(
        "poolscope_sampling_interval_seconds", .gauge, unit: "seconds", labels: ["collector"],
        help: "How often this collector samples: as configured, or stretched while its answers are large or the "
            + "server's budget (poolscope_server_budget_ratio) is used up. backend_count is there only while the latter "
            + "stretches the others: it is read at the ticks between samples.")
    static let serverBudget = FamilyDescriptor(
        "poolscope_server_budget_ratio", .gauge, unit: "ratio",
        help: "server_budget: the share of one core of the target that sampling may take. Above it the interval is "
            + "stretched, to 60 s at most. Absent where there is no budget.")
    static let serverCost = FamilyDescriptor(
        "poolscope_server_cost_ratio", .gauge, unit: "ratio", labels: ["collector"],
        help:
            "Estimated share of one core of the target that this collector's statements take at the present interval: "
            + "the lower quartile of their last \(StatementCost.window) answers, without the shortest answer of the session, "
            + "which stands for the way there and back. An estimate: waiting that lasts counts as work. "
            + "Without the opening of sessions and statements that failed.")
    static let unknownColumns = FamilyDescriptor(
        "poolscope_unknown_columns", .gauge, labels: ["collector"],
        help: "Numeric columns of this server version that no family uses yet.")
    static let cores = FamilyDescriptor(
        "poolscope_server_cores", .gauge, help: "Cores of the server, as configured.")
    static let spindles = FamilyDescriptor(
        "poolscope_server_spindles", .gauge, help: "Effective spindles of the server, as configured; an SSD is 1.")

    static let pgUp = FamilyDescriptor("pg_up", .gauge, help: "1 if PostgreSQL could be sampled at the last tick.")
    static let lastScrapeError = FamilyDescriptor(
        "pg_exporter_last_scrape_error", .gauge, help: "1 if the last tick had an error; a tick is what a scrape was.")
    static let lastScrapeDuration = FamilyDescriptor(
        "pg_exporter_last_scrape_duration_seconds", .gauge, unit: "seconds", help: "Duration of the last tick.")
    static let scrapes = FamilyDescriptor("pg_exporter_scrapes_total", .counter, help: "Ticks since the start.")
    static let collectorSuccess = FamilyDescriptor(
        "pg_scrape_collector_success", .gauge, labels: ["collector"], help: "1 if the collector's last read succeeded.")
    static let collectorDuration = FamilyDescriptor(
        "pg_scrape_collector_duration_seconds", .gauge, unit: "seconds", labels: ["collector"],
        help: "Duration of the collector's last read.")
    static let pgbouncerUp = FamilyDescriptor(
        "pgbouncer_up", .gauge, help: "1 if PgBouncer's admin console could be sampled at the last tick.")

    static let all = [
        targetInfo, targetUp, targetState, sampleTimestamp, sampleDuration, samples, samplingInterval, serverBudget,
        serverCost, unknownColumns, cores, spindles, pgUp, lastScrapeError, lastScrapeDuration, scrapes,
        collectorSuccess, collectorDuration,
        pgbouncerUp,
    ]
}
