import Demo
import Exposition
import Observations
import Postgres
import TestSupport
import Testing

@testable import Agent
@testable import Collectors

/// A server with pg_stat_statements in a schema of an odd name, in the database that Poolscope connects to.
private func startCountingServer(in directory: PrivateDirectory, preloads: Bool = true) async throws
    -> PrivatePostgres
{
    let settings = preloads ? ["shared_preload_libraries": "pg_stat_statements", "compute_query_id": "on"] : [:]
    let server = try await startServer(in: directory, settings: settings)
    _ = try await server.execute(
        """
        CREATE SCHEMA "odd ""schema"; CREATE EXTENSION pg_stat_statements SCHEMA "odd ""schema";
        GRANT USAGE ON SCHEMA "odd ""schema" TO PUBLIC;
        """)
    return server
}

/// Poolscope's own session, and what it reads.
private struct Reader {
    let session: PostgresSession
    var facts = Facts()
    let profile = TargetProfile(name: "main", kind: .postgres)

    init(_ server: PrivatePostgres) async throws {
        let connection = try ConnectionString(parsing: server.dsn(user: "poolscope"))
        session = try await PostgresSession.connect(connection, timeout: .seconds(10))
        try await read(IdentitySource.self)
    }

    mutating func read<S: Source>(_ source: S.Type) async throws {
        let answer = try #require(try await ask(source))
        try facts.store(try answer.result.get(), from: source, for: profile)
    }

    /// Nil when the source has nothing to ask.
    func ask(_ source: any Source.Type) async throws -> SourceAnswer? {
        let context = SourceContext(serverVersion: session.serverVersion, facts: facts)
        guard let statement = source.statement(in: context) else { return nil }
        return await SourceReader.answer(
            to: statement, of: source, kind: .postgres, over: session, timeout: .seconds(10))
    }
}

/// The histogram as the collector fills it, from the samples of one session.
private struct Follower {
    var tracker = ActivityTracker(slow: SlowThresholds())
    var reconciler = StatementReconciler()
    var histogram = Histogram(bounds: [0.001, 0.01, 0.1, 1, 2, 5])
    /// Whether statements are known by id, as on PostgreSQL 14 and later.
    let showsIDs: Bool
    /// Ticks since something was seen or added.
    var quietTicks = 0

    mutating func tick(_ reader: inout Reader) async throws {
        try await reader.read(ActivitySource.self)
        try await reader.read(StatementStatisticsSource.self)
        let sample = try #require(reader.facts[ActivitySource.self])
        let finished = tracker.observe(sample).statements.map { statement in
            var statement = statement
            if !showsIDs { statement.queryID = nil }
            return statement
        }
        // The oracle's own statements are elsewhere.
        let observed = reconciler.observe(
            finished: finished, statistics: reader.facts[StatementStatisticsSource.self], at: sample.sampledAt)
        for each in observed where each.database == "shop" { histogram.observe(each.seconds, times: each.times) }
        let isQuiet = !finished.contains { $0.database == "shop" } && !observed.contains { $0.database == "shop" }
        quietTicks = isQuiet ? quietTicks + 1 : 0
    }
}

@Suite("Reconciliation with pg_stat_statements")
struct StatementStatisticsTests {
    /// What the server has counted of the application's statements.
    private func counted(_ server: PrivatePostgres) async throws -> (calls: UInt64, seconds: Double) {
        let row = try await server.execute(
            """
            SELECT coalesce(sum(calls), 0), coalesce(sum(total_exec_time), 0) / 1000
            FROM "odd ""schema".pg_stat_statements WHERE userid = 'app'::regrole AND toplevel
            """
        ).split(separator: "|")
        return (UInt64(row[0]) ?? 0, Double(row[1]) ?? 0)
    }

    /// Fast statements over both protocols, and slow ones: three of over a second among them.
    private func work(on server: PrivatePostgres) async throws {
        let dsn = server.dsn(database: "shop", user: "app")
        let fast = Array(repeating: "SELECT count(*) FROM generate_series(1, 200);", count: 400).joined()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for script in [
                "SELECT pg_sleep(2.2); SELECT pg_sleep(0.15);", "SELECT pg_sleep(1.9); SELECT pg_sleep(1.7);",
                fast, "BEGIN; " + fast + "COMMIT;", "SELECT pg_sleep(0.3); " + fast,
            ] {
                group.addTask {
                    // One statement for each line, as psql reads them.
                    let lines = script.replacing(";", with: ";\n")
                    let outcome = try await runTool("psql", ["-X", "-q", "-d", dsn, "-f", "-"], input: lines)
                    #expect(outcome.status == 0, "\(outcome)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("count and sum are the server's, and the slow ones are there once", arguments: [true, false])
    func reconciled(showsIDs: Bool) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startCountingServer(in: directory)
            var reader = try await Reader(server)
            var follower = Follower(showsIDs: showsIDs)
            try await follower.tick(&reader)
            let before = try await counted(server)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work(on: server) }
                var isDone = false
                while !isDone || follower.quietTicks < 6 {
                    try await follower.tick(&reader)
                    try await Task.sleep(for: .milliseconds(250))
                    if !isDone {
                        let now = try await counted(server)
                        isDone = now.calls - before.calls >= 5 + 3 * 400 + 2
                        // It was quiet while the slow ones ran, too.
                        if isDone { follower.quietTicks = 0 }
                    }
                }
                try await group.waitForAll()
            }
            let after = try await counted(server)
            #expect(follower.histogram.count == after.calls - before.calls)
            #expect(abs(follower.histogram.sum - (after.seconds - before.seconds)) < 0.001)
            #expect(follower.histogram.counts.suffix(3).reduce(0, +) == 3)
        }
    }

    @Test("on the page, the histogram becomes the server's within seconds, and says so")
    func page() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startCountingServer(in: directory)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                // The database is known from a session in it.
                try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100)") {
                    let source = ["datname": "shop", "source": "reconciled"]
                    try await poolscope.metrics("it reconciles") {
                        $0.series("poolscope_query_duration_info", source) == 1
                    }
                    let before = try await counted(server)
                    try await work(on: server)
                    let after = try await counted(server)
                    let calls = Double(after.calls - before.calls)
                    #expect(calls == 5 + 3 * 400 + 2)
                    let shop = ["datname": "shop"]
                    let metrics = try await poolscope.metrics("all are there") {
                        ($0.series("poolscope_query_duration_seconds_count", shop) ?? 0) >= calls
                    }
                    #expect(metrics.series("poolscope_query_duration_seconds_count", shop) == calls)
                    let sum = metrics.series("poolscope_query_duration_seconds_sum", shop) ?? 0
                    #expect(abs(sum - (after.seconds - before.seconds)) < 0.001)
                    #expect(
                        metrics.series("poolscope_samples_total", ["collector": "statements", "outcome": "error"]) == 0)
                }
            }
        }
    }

    @Test("where the library is not loaded, or our role may not call it, the source is dropped, not the target")
    func unavailable() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startCountingServer(in: directory, preloads: false)
            let reader = try await Reader(server)
            let unloaded = try #require(try await reader.ask(StatementStatisticsSource.self))
            #expect(unloaded.failure == .skipped, "\(unloaded.result)")
            _ = try await server.execute(
                "REVOKE ALL ON FUNCTION \"odd \"\"schema\".pg_stat_statements FROM PUBLIC, pg_read_all_stats")
            let denied = try #require(try await reader.ask(StatementStatisticsSource.self))
            #expect(denied.failure == .skipped, "\(denied.result)")
            _ = try await server.execute("DROP EXTENSION pg_stat_statements")
            let gone = try await Reader(server)
            #expect(try await gone.ask(StatementStatisticsSource.self) == nil)
        }
    }

    @Test("our own reads are not among the statements")
    func ownReads() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startCountingServer(in: directory)
            var reader = try await Reader(server)
            for _ in 0..<3 { try await reader.read(StatementStatisticsSource.self) }
            let read = try #require(reader.facts[StatementStatisticsSource.self])
            let role = try await server.execute("SELECT 'poolscope'::regrole::oid")
            #expect(read.isComplete && !read.rows.isEmpty && read.startedAt != nil)
            #expect(!read.rows.contains { "\($0.userID)" == role })
        }
    }
}
