import Collectors
import Demo
import Locking
import Postgres
import TestSupport

/// One run of the known workload, as the log and as Poolscope have it.
struct GroundTruthMeasurement: Sendable {
    /// What is run.
    struct Setting: Sendable {
        var version = PostgresVersion.installed
        var seed: UInt64
        var interval = Duration.seconds(1)
        /// How long the workload takes, about.
        var seconds = 30
    }

    /// A number of statements and the time that they took.
    struct Totals: Sendable, Equatable {
        var count: Double
        var seconds: Double
    }

    let setting: Setting
    /// As the server says it, e.g. 15.18.
    let serverVersion: String
    /// The longest time between two samples.
    let longestGap: Double
    let comparisons: [EpisodeComparison]
    /// `sampled` or `reconciled`.
    let source: String
    /// `_count` and `_sum` of the published histogram of statements.
    let published: Totals
    /// What pg_stat_statements says at that moment; nil where it is not there.
    let statistics: Totals?
    /// The published histogram against the log.
    let histogram: HistogramComparison
    /// The statements in the log, and those longer than the interval.
    let statements: (all: Int, long: Int)

    /// Of how many statements percentiles are to be right: all when the histogram is reconciled, else the long ones.
    var population: Int { source == "reconciled" ? statements.all : statements.long }
}

extension GroundTruthMeasurement {
    /// Runs the workload on a server of its own, with trackers sampling in this process and `poolscope serve` beside it.
    ///
    /// - Parameter together: Called before and after the workload, to wait for others that are measured at the same time:
    ///   what they do before and after it would delay the samples.
    static func take(
        _ setting: Setting, together: @Sendable () async throws -> Void = {}
    ) async throws -> GroundTruthMeasurement {
        let workload = KnownWorkload(seed: setting.seed, seconds: setting.seconds)
        let result = Guarded<GroundTruthMeasurement?>(nil)
        try await withPrivateDirectory { directory in
            let server = try await startServer(setting, in: directory)
            let dsn = server.dsn(user: "poolscope")
            // Accuracy is that of an interval: the server's budget must not stretch it on a busy machine.
            let file = try directory.write(
                """
                interval: \(Int(setting.interval / .milliseconds(1)))ms
                server_budget: off
                targets: [{dsn: "\(dsn)"}]
                """, to: "poolscope.yml")
            try await withPoolscope(["serve", "--config", file] + listen) { poolscope in
                try await poolscope.metrics("it has sampled twice") {
                    ($0.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0) >= 2
                }
                try await together()
                let target = try ConnectionString(parsing: dsn).setting("application_name", "observer")
                let run = try await SamplingRun.sampling(target, every: setting.interval) {
                    try await workload.run(on: server, database: "shop", user: "app")
                }
                try await together()
                let log = try await completeLog(of: workload, in: directory)
                let measurement = try await compare(setting, run, log, server, poolscope)
                result.withLock { $0 = measurement }
            }
        }
        return try result.withLock { $0 } ?? { throw NotMeasured() }()
    }

    private struct NotMeasured: Error {}

    private static func startServer(
        _ setting: Setting, in directory: PrivateDirectory
    ) async throws -> PrivatePostgres {
        var settings = ServerLog.settings
        if setting.version.hasStatStatements { settings["shared_preload_libraries"] = "pg_stat_statements" }
        let server = try await LiveTests.startServer(in: directory, settings: settings, version: setting.version)
        if setting.version.hasStatStatements { _ = try await server.execute("CREATE EXTENSION pg_stat_statements") }
        return server
    }

    /// The log of the workload's own sessions, when the last of them is in it.
    private static func completeLog(
        of workload: KnownWorkload, in directory: PrivateDirectory
    ) async throws -> [ServerLog.Entry] {
        try await eventually("every session of the workload is in the log") {
            ServerLog(parsing: try text(ofFile: "\(directory.path)/postgres.log")).entries
                .filter { $0.database == "shop" && $0.application.hasPrefix("lane") }
        } is: { entries in
            entries.count == workload.statementCount + workload.sessionCount
        }
    }

    private static func compare(
        _ setting: Setting, _ run: SamplingRun, _ entries: [ServerLog.Entry], _ server: PrivatePostgres,
        _ poolscope: RunningPoolscope
    ) async throws -> GroundTruthMeasurement {
        let log = ServerLog(entries: entries)
        let durations = log.episodes(.statement).map(\.seconds)
        let (page, statistics) = try await settled(setting, server, poolscope)
        let buckets = page.all("poolscope_query_duration_seconds_bucket", ["datname": "shop"]).map {
            (bound: Double($0.labels["le"] ?? "") ?? .infinity, cumulative: $0.value)
        }
        let isReconciled =
            page.series("poolscope_query_duration_info", ["datname": "shop", "source": "reconciled"]) == 1
        return GroundTruthMeasurement(
            setting: setting, serverVersion: try await server.execute("SHOW server_version"),
            longestGap: run.longestGap,
            comparisons: EpisodeKind.allCases.map { kind in
                let observed = (run.episodes[kind] ?? []).filter { $0.session.hasPrefix("lane") }
                return EpisodeComparison(
                    kind, truth: log.episodes(kind), observed: observed, interval: setting.interval / .seconds(1),
                    sampleTimes: run.sampleTimes)
            },
            source: isReconciled ? "reconciled" : "sampled", published: published(page), statistics: statistics,
            histogram: HistogramComparison(buckets: buckets, durations: durations),
            statements: (durations.count, durations.count { $0 > setting.interval / .seconds(1) }))
    }

    private static func published(_ page: MetricsText) -> Totals {
        func value(_ suffix: String) -> Double {
            page.series("poolscope_query_duration_seconds_\(suffix)", ["datname": "shop"]) ?? 0
        }
        return Totals(count: value("count"), seconds: value("sum"))
    }

    /// A page of after the workload, and what pg_stat_statements says then.
    private static func settled(
        _ setting: Setting, _ server: PrivatePostgres, _ poolscope: RunningPoolscope
    ) async throws -> (MetricsText, Totals?) {
        let samples = ["collector": "activity", "outcome": "ok"]
        let before = try await poolscope.metrics().series("poolscope_samples_total", samples) ?? 0
        func page(after count: Double) async throws -> MetricsText {
            try await poolscope.metrics("\(count) more samples") {
                ($0.series("poolscope_samples_total", samples) ?? 0) >= before + count
            }
        }
        guard setting.version.hasStatStatements else { return (try await page(after: samplesToSettle), nil) }
        let row = try await server.execute(
            """
            SELECT sum(calls), sum(total_exec_time) / 1000 FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE datname = 'shop'
            """
        ).split(separator: "|").compactMap { Double($0) }
        return (try await page(after: samplesToSettle), row.count == 2 ? Totals(count: row[0], seconds: row[1]) : nil)
    }

    /// The last statements are observed by the first sample and counted by its read or the next, given out at the read
    /// after it, and the page may be as old as a sample.
    private static let samplesToSettle = 4.0
}
