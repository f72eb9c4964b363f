import Agent
import Demo
import Observations
import Postgres
import TestSupport
import Testing

@testable import Collectors

@Suite("PgBouncer's waits and totals")
struct PoolWaitTests {
    private struct Pooler {
        let bouncer: PrivatePgBouncer
        let server: PrivatePostgres
        /// `SHOW STATS_TOTALS` before Poolscope came.
        var before: [[String: String]] = []

        func dsn(_ database: String) -> String {
            bouncer.dsn(database: database, user: "app") + " application_name=shopper"
        }

        func totals() async throws -> [[String: String]] { try await bouncer.console("SHOW STATS_TOTALS") }
    }

    /// A PgBouncer before a PostgreSQL, with Poolscope watching it. Databases are from name to pool size.
    ///
    /// - Parameter isWarm: Whether each pool has a connection before Poolscope comes. The first client of a pool waits for its
    ///   log-in until there is one, which is no wait of those that the clients measure, but one that Poolscope may see.
    private func withPooler(
        _ databases: [String: Int], settings: [String: String] = [:], isWarm: Bool = false,
        _ body: @Sendable (Pooler, RunningPoolscope) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: databases.mapValues {
                    "host=127.0.0.1 port=\(server.port) dbname=shop pool_size=\($0)"
                }, settings: ["stats_users": "poolscope"].merging(settings) { $1 },
                users: ["app": "", "poolscope": ""])
            var pooler = Pooler(bouncer: bouncer, server: server)
            if isWarm {
                for database in databases.keys {
                    _ = try await WaitTruth.clients(1, pooler.dsn(database), milliseconds: 1...1) { $0 < 1 }
                }
                pooler.before = try await pooler.totals()
            }
            let (watched, address) = (pooler, bouncer.dsn(user: "poolscope"))
            try await withPoolscope(["serve", "--pgbouncer", address] + listen) { poolscope in
                try await poolscope.metrics("it is up") { $0.series("pgbouncer_up") == 1 }
                try await body(watched, poolscope)
            }
        }
    }

    /// Waits until Poolscope has taken in all that happened, and compares.
    private func compare(
        _ database: String, _ truth: WaitTruth, _ pooler: Pooler, _ poolscope: RunningPoolscope,
        as section: AccuracyDocument.Section
    ) async throws -> WaitComparison {
        let totals = try await pooler.totals()
        var comparison: WaitComparison?
        // Waits to be logged in are in wait_time, but stand for no assignment: the clients do not measure them.
        _ = try? await eventually("\(database) is settled", within: .seconds(20)) {
            let now = try WaitComparison(
                database, truth: truth, metrics: try await poolscope.metrics(), totals: totals, before: pooler.before)
            comparison = now
            return now.count == Double(truth.waits.count) && abs(now.sum - now.serverSum) < 0.001
                && now.abandoned == Double(truth.cutOff)
        }
        let found = try #require(comparison)
        print(found.summary)
        if AccuracyDocument.isToBeUpdated {
            try AccuracyDocument.update(section, "- " + found.summary.replacing("; ", with: "\n- "))
        }
        return found
    }

    @Test(
        "a slow queue and a fast one: count and sum are PgBouncer's and the clients', p95 and p99 are in their bucket")
    func queues() async throws {
        try await withPooler(["slow": 1, "fast": 2], isWarm: true) { pooler, poolscope in
            let start = ContinuousClock.now
            // From 1 to 6 s, and most above 5 s: quantiles that lie at a bucket's bound would prove nothing.
            async let slow = WaitTruth.clients(6, pooler.dsn("slow"), milliseconds: 900...1_300) { $0 < 5 }
            async let fast = WaitTruth.clients(6, pooler.dsn("fast"), milliseconds: 12...18) { _ in
                ContinuousClock.now - start < .seconds(15)
            }
            let truths: [(String, WaitTruth, AccuracyDocument.Section)] = [
                ("slow", try await slow, .slowQueue), ("fast", try await fast, .fastQueue),
            ]
            for (database, truth, section) in truths {
                let found = try await compare(database, truth, pooler, poolscope, as: section)
                #expect(found.count == Double(truth.waits.count))
                #expect(abs(found.sum - found.serverSum) < 0.01)
                // The way to PgBouncer and on to the server is in the clients' figures, the log-in in PgBouncer's.
                #expect(abs(found.sum - truth.sum) < 0.3 + 0.002 * found.count + 0.02 * truth.sum)
                for share in [0.5, 0.95, 0.99] { #expect(found.agrees(share), "p\(share * 100)") }
                #expect(found.abandoned == 0)
            }
        }
    }

    @Test("an outage: all that are cut off are counted as abandoned, and none of them as a wait")
    func cutOff() async throws {
        try await withPooler(["shop": 2], settings: ["query_wait_timeout": "5"]) { pooler, poolscope in
            let before = try await WaitTruth.clients(2, pooler.dsn("shop"), milliseconds: 10...20) { $0 < 3 }
            _ = try await pooler.bouncer.console("PAUSE shop")
            var truth = try await WaitTruth.clients(8, pooler.dsn("shop"), milliseconds: 10...20) { $0 < 1 }
            #expect(truth.cutOff == 8)
            truth.waits += before.waits
            let found = try await compare("shop", truth, pooler, poolscope, as: .outage)
            #expect(found.abandoned == 8)
            #expect(abs(found.sum - found.serverSum) < 0.01)
            #expect(found.bucket(0.99) < 1)
        }
    }

    @Test("a pause that ends in time: everybody is served after four seconds, and nobody counted as abandoned")
    func resumed() async throws {
        try await withPooler(["shop": 2], settings: ["query_wait_timeout": "30"]) { pooler, poolscope in
            _ = try await WaitTruth.clients(1, pooler.dsn("shop"), milliseconds: 10...20) { $0 < 1 }
            try await poolscope.metrics("the first is counted") {
                $0.series("poolscope_pool_wait_seconds_count", ["database": "shop"]) == 1
            }
            _ = try await pooler.bouncer.console("PAUSE shop")
            async let clients = WaitTruth.clients(10, pooler.dsn("shop"), milliseconds: 10...20) { $0 < 1 }
            try await eventually("all wait") {
                try await pooler.bouncer.console("SHOW POOLS").first { $0["database"] == "shop" }?["cl_waiting"] == "10"
            }
            try await Task.sleep(for: .milliseconds(4_000))
            _ = try await pooler.bouncer.console("RESUME shop")
            var truth = try await clients
            #expect(truth.waits.count == 10)
            #expect(truth.waits.allSatisfy { $0 > 3.9 && $0 < 5 }, "\(truth.waits)")
            truth.waits.append(0.005)
            let found = try await compare("shop", truth, pooler, poolscope, as: .pause)
            #expect(found.count == 11)
            #expect(found.abandoned == 0)
            #expect(abs(found.sum - found.serverSum) < 0.01)
            #expect(abs(found.sum - truth.sum) < 0.5)
            for share in [0.5, 0.95, 0.99] { #expect(found.bucket(share) == found.trueBucket(share)) }
        }
    }

    /// Scrapes all the while `body` runs.
    /// - Returns: The series that fell from one scrape to the next.
    private func falls(
        of families: [String], _ poolscope: RunningPoolscope, while body: () async throws -> Void
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                var last: [String: Double] = [:]
                var fallen: [String] = []
                while !Task.isCancelled {
                    let metrics = try await poolscope.metrics()
                    var now: [String: Double] = [:]
                    for series in families.flatMap({ metrics.all($0) }) {
                        now["\(series.name) \(series.labels.sorted { $0.key < $1.key })"] = series.value
                    }
                    fallen += last.filter { now[$0.key] ?? -1 < $0.value }.map(\.key)
                    last = now
                    do { try await Task.sleep(for: .milliseconds(200)) } catch { break }
                }
                return fallen
            }
            do { try await body() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            return try await group.next() ?? []
        }
    }

    @Test("totals are SHOW STATS_TOTALS', and neither RELOAD, RECONNECT, RESUME nor a restart makes one fall")
    func totals() async throws {
        let names = [
            "queries_pooled", "sql_transactions_pooled", "received_bytes", "sent_bytes", "client_wait_seconds",
        ].map { "pgbouncer_stats_totals_\($0)_total" }
        let histogram = ["_count", "_sum"].map { "poolscope_pool_wait_seconds\($0)" }
        let resets = "poolscope_pool_statistics_resets_total"
        try await withPooler(["shop": 2]) { pooler, poolscope in
            func work(_ count: Int) async throws {
                _ = try await WaitTruth.clients(3, pooler.dsn("shop"), milliseconds: 1...3) { $0 < count }
            }
            func queries() async throws -> Double {
                let row = try await pooler.totals().first { $0["database"] == "shop" }
                return row?["query_count"].flatMap(Double.init) ?? 0
            }
            func agrees(_ what: String, on expected: Double) async throws {
                try await poolscope.metrics(what) { $0.series(names[0], ["database": "shop"]) == expected }
            }
            let fallen = try await falls(of: names + histogram + [resets], poolscope) {
                try await work(20)
                try await agrees("60 queries", on: 60)
                for commands in [["RELOAD"], ["RECONNECT shop"], ["PAUSE shop", "RESUME shop"]] {
                    for command in commands { _ = try await pooler.bouncer.console(command) }
                    try await work(10)
                    try await agrees("after \(commands)", on: try await queries())
                }
                #expect(try await queries() == 150)
                #expect(try await poolscope.metrics().sum(resets) == 0)
                try await pooler.bouncer.restart()
                try await work(5)
                try await agrees("what was before and what came after the restart", on: 165)
                #expect(try await queries() == 15)
                let metrics = try await poolscope.metrics()
                #expect(metrics.series(resets, ["database": "shop", "reason": "restart"]) == 1)
                #expect(metrics.sum(resets, ["reason": "pool_freed"]) == 0)
                #expect(metrics.sum(resets, ["reason": "database_removed"]) == 0)
                try await poolscope.metrics("the waits follow") {
                    $0.series(histogram[0], ["database": "shop"]) == 165
                }
            }
            #expect(fallen.isEmpty)
        }
    }

    @Test("server connections: their ages, and those that RECONNECT marks; clients by application")
    func servers() async throws {
        try await withPooler(["shop": 2]) { pooler, poolscope in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        _ = try await WaitTruth.clients(1, pooler.dsn("shop"), milliseconds: 6_000...6_000) { $0 < 1 }
                    }
                }
                let pool = ["pooler": "pgbouncer", "database": "shop", "user": "app"]
                func ages(_ metrics: MetricsText, upTo bound: String) -> Double? {
                    metrics.series(
                        "poolscope_pool_connection_age_seconds_bucket", pool.merging(["le": bound]) { $1 })
                }
                try await poolscope.metrics("two young connections") { ages($0, upTo: "+Inf") == 2 }
                let application = ["database": "shop", "application_name": "shopper", "state": "active"]
                #expect(try await poolscope.metrics().sum("pgbouncer_client_connections", application) == 2)
                _ = try await pooler.bouncer.console("RECONNECT shop")
                let metrics = try await poolscope.metrics("both are to be closed") {
                    $0.series("poolscope_pool_connections_close_needed", pool) == 2
                }
                #expect(ages(metrics, upTo: "15.0") ?? ages(metrics, upTo: "15") == 2)
                try await group.waitForAll()
                try await poolscope.metrics("they are closed") {
                    ($0.series("poolscope_pool_connections_close_needed", pool) ?? 0) == 0
                }
            }
        }
    }

    @Test("a database that PgBouncer drops and makes again goes on where it was")
    func autoDatabase() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["*": "host=127.0.0.1 port=\(server.port)"],
                settings: ["stats_users": "poolscope", "autodb_idle_timeout": "1", "server_idle_timeout": "1"],
                users: ["app": "", "poolscope": ""])
            let dsn = bouncer.dsn(database: "shop", user: "app")
            let queries = "pgbouncer_stats_totals_queries_pooled_total"
            let removed = ["database": "shop", "reason": "database_removed"]
            try await withPoolscope(["serve", "--pgbouncer", bouncer.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("it is up") { $0.series("pgbouncer_up") == 1 }
                _ = try await WaitTruth.clients(1, dsn, milliseconds: 1...2) { $0 < 20 }
                try await poolscope.metrics("20 queries") { $0.series(queries, ["database": "shop"]) == 20 }
                try await poolscope.metrics("the database is dropped") {
                    $0.series("poolscope_pool_statistics_resets_total", removed) == 1
                }
                _ = try await WaitTruth.clients(1, dsn, milliseconds: 1...2) { $0 < 5 }
                try await poolscope.metrics("5 more") { $0.series(queries, ["database": "shop"]) == 25 }
            }
        }
    }

    @Test("a backend's client is found through the pooler, over TCP and over a unix socket")
    func links() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: [
                    "tcp": "host=127.0.0.1 port=\(server.port) dbname=shop",
                    "socket": "host=\(server.socketDirectory) port=\(server.port) dbname=shop",
                ], settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            for database in ["tcp", "socket"] {
                let dsn = bouncer.dsn(database: database, user: "app") + " application_name=jobs"
                let client = try await PostgresSession.connect(
                    try ConnectionString(parsing: dsn), timeout: .seconds(10))
                defer { client.close() }
                let open = try await client.simpleQuery(
                    """
                    BEGIN; SELECT pid, coalesce(client_port, 0) AS port FROM pg_stat_activity
                    WHERE pid = pg_backend_pid()
                    """, timeout: .seconds(10))
                let pid = try #require(open.text(row: 0, column: "pid").flatMap { Int32($0) })
                let port = try #require(open.text(row: 0, column: "port").flatMap { Int32($0) })
                let console = try await PostgresSession.connect(
                    try ConnectionString(parsing: bouncer.dsn(user: "poolscope")), timeout: .seconds(10))
                defer { console.close() }
                var facts = Facts()
                let profile = TargetProfile(name: "pool", kind: .pgbouncer)
                facts.beginTick()
                try facts.store(
                    try await console.simpleQuery("SHOW CLIENTS", timeout: .seconds(5)),
                    from: BouncerClientsSource.self, for: profile)
                try facts.store(
                    try await console.simpleQuery("SHOW SERVERS", timeout: .seconds(5)),
                    from: BouncerServersSource.self, for: profile)
                let link = try #require(PoolerLinks(facts).all.first { $0.backendPID == pid }, "\(database)")
                #expect(link.poolerPort == (port > 0 ? port : nil))
                #expect((link.poolerPort == nil) == (database == "socket"))
                #expect(link.clientApplication == "jobs")
                #expect(link.clientUser == "app")
                #expect(link.clientAddress == "127.0.0.1")
            }
        }
    }
}
