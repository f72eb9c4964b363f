import Demo
import Postgres
import TestSupport
import Testing

@Suite("Limits of real servers")
struct LimitsTests {
    @Test("the shares of the server's, a role's and a database's limits are what psql counts")
    func shares() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute(
                "ALTER ROLE app CONNECTION LIMIT 4; ALTER DATABASE shop CONNECTION LIMIT 5; CREATE ROLE other LOGIN")
            try await withPsql(server, application: "one", script: "SELECT pg_sleep(100)") {
                try await withPsql(server, application: "two", user: "other", script: "SELECT pg_sleep(100)") {
                    try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) {
                        poolscope in
                        let metrics = try await poolscope.metrics("both are counted") {
                            $0.series("poolscope_pool_limit_ratio", ["limit": "database", "database": "shop"]) == 0.4
                        }
                        let role = ["limit": "role", "pooler": "server", "user": "app"]
                        #expect(metrics.series("poolscope_pool_limit_ratio", role) == 0.25)
                        let busy = metrics.series("poolscope_pool_connections", ["pooler": "server", "state": "busy"])
                        #expect(
                            metrics.series("poolscope_pool_limit_ratio", ["limit": "server"]) == busy.map { $0 / 97 })
                        #expect(metrics.all("poolscope_pool_limit_ratio").count == 3, "no limit, no series")
                    }
                }
            }
        }
    }

    @Test(
        "when our own role or database is full it is told, and that the server is full is not",
        arguments: [("role", "user", "little"), ("database", "database", "tiny"), ("server", "", "")])
    func refused(limit: String, label: String, name: String) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(
                in: directory, settings: ["max_connections": "6", "superuser_reserved_connections": "3"])
            _ = try await server.execute("CREATE DATABASE tiny")
            switch limit {
            case "role": _ = try await server.execute("ALTER ROLE little CONNECTION LIMIT 0")
            case "database": _ = try await server.execute("ALTER DATABASE tiny CONNECTION LIMIT 0")
            default: break
            }
            let holders = limit == "server" ? ["a", "b", "c"] : []
            try await holding(holders, of: server) {
                let dsn = server.dsn(database: limit == "database" ? "tiny" : "postgres", user: "little")
                try await withPoolscope(["serve", "--postgres", dsn] + listen) { poolscope in
                    try await poolscope.reaches("too_many_connections")
                    let metrics = try await poolscope.metrics()
                    var labels = ["limit": limit, "pooler": "server"]
                    if !label.isEmpty { labels[label] = name }
                    #expect(metrics.series("poolscope_pool_limit_ratio", labels) == 1)
                    #expect(metrics.all("poolscope_pool_limit_ratio").count == 1)
                    let saturation = metrics.series("poolscope_pool_saturation_ratio", ["pooler": "server"])
                    #expect(saturation == (limit == "server" ? 1 : nil))
                }
            }
        }
    }

    /// Sessions that stay while `body` runs. Each waits for its slot: a session that looked at the server a moment ago
    /// may still have it.
    private func holding(
        _ applications: [String], of server: PrivatePostgres, _ body: @Sendable () async throws -> Void
    ) async throws {
        guard let first = applications.first else { return try await body() }
        let target = try ConnectionString(
            parsing: server.dsn(database: "shop", user: "app") + " application_name=\(first)")
        let holder = try await eventually("\(first) has a slot") {
            try await PostgresSession.connect(target, timeout: .seconds(10))
        } is: { _ in
            true
        }
        defer { holder.close() }
        try await holding(Array(applications.dropFirst()), of: server, body)
    }

    @Test("PgBouncer that refuses clients for max_client_conn is saturated, and its console still answers us")
    func clientSlots() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop max_db_connections=10"],
                settings: [
                    "stats_users": "poolscope", "max_client_conn": "3", "default_pool_size": "4",
                    "max_user_connections": "5",
                ],
                users: ["app": "", "poolscope": ""])
            try await withPoolscope(["serve", "--pgbouncer", bouncer.dsn(user: "poolscope")] + listen) { poolscope in
                let before = try await poolscope.metrics("it is up") { $0.series("pgbouncer_up") == 1 }
                let whole = ["pooler": "pgbouncer", "database": "", "user": ""]
                #expect(before.series("poolscope_pool_saturation_ratio", whole) == nil)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let dsn = bouncer.dsn(database: "shop", user: "app")
                    for _ in 0..<2 {
                        group.addTask {
                            do {
                                _ = try await runTool("psql", ["-X", "-d", dsn, "-c", "SELECT pg_sleep(60)"])
                            } catch is CancellationError {}
                        }
                    }
                    defer { group.cancelAll() }
                    let full = try await poolscope.metrics("every client slot is taken") {
                        $0.series("poolscope_pool_limit_ratio", ["limit": "client_slots"]) == 1
                    }
                    #expect(full.series("poolscope_pool_saturation_ratio", whole) == 1)
                    #expect(full.series("pgbouncer_up") == 1)
                    let pool = ["database": "shop", "user": "app"]
                    @Sendable func ratio(_ metrics: MetricsText, _ limit: String, _ labels: [String: String]) -> Double?
                    {
                        metrics.series("poolscope_pool_limit_ratio", labels.merging(["limit": limit]) { $1 })
                    }
                    let busy = try await poolscope.metrics("both have a server") { ratio($0, "pool", pool) == 0.5 }
                    #expect(ratio(busy, "user", ["user": "app"]) == 0.4)
                    try await poolscope.metrics("the database's connections are counted") {
                        ratio($0, "database", ["database": "shop", "user": ""]) == 0.2
                    }

                    // PgBouncer says no to the next client; one that would watch a server through it tells why.
                    let refused = try await runTool("psql", ["-X", "-d", dsn, "-c", "SELECT 1"])
                    #expect(refused.error.contains("no more connections allowed (max_client_conn)"))
                    try await withPoolscope(["serve", "--postgres", dsn] + listen) { through in
                        try await through.reaches("too_many_connections")
                        let metrics = try await through.metrics()
                        #expect(ratio(metrics, "client_slots", ["pooler": "pgbouncer"]) == 1)
                        #expect(metrics.series("poolscope_pool_saturation_ratio", ["pooler": "server"]) == nil)
                    }
                    // The console is exempt: also one that comes only now is let in.
                    try await withPoolscope(["serve", "--pgbouncer", bouncer.dsn(user: "poolscope")] + listen) { late in
                        let metrics = try await late.metrics("it is up") { $0.series("pgbouncer_up") == 1 }
                        #expect((metrics.series("poolscope_pool_limit_ratio", ["limit": "client_slots"]) ?? 0) > 1)
                        #expect(metrics.series("poolscope_pool_saturation_ratio", whole) == 1)
                    }
                }
                try await poolscope.metrics("room again") {
                    $0.series("poolscope_pool_saturation_ratio", whole) == nil
                        && $0.series("poolscope_pool_limit_ratio", ["limit": "client_slots"]) == 1.0 / 3
                }
            }
        }
    }
}
