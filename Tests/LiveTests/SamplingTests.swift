import Demo
import TestSupport
import Testing

/// A PostgreSQL with the roles that the tests need: `poolscope` may see all, `nobody` sees little.
func startServer(
    in directory: PrivateDirectory, settings: [String: String] = [:], version: PostgresVersion = .installed
) async throws -> PrivatePostgres {
    let server = try await PrivatePostgres.start(
        in: directory, settings: ["max_connections": "100"].merging(settings) { $1 }, binaries: version.binaries())
    _ = try await server.execute(
        """
        CREATE ROLE poolscope LOGIN; GRANT pg_monitor TO poolscope;
        CREATE ROLE little LOGIN; CREATE ROLE app LOGIN CONNECTION LIMIT 90; CREATE DATABASE shop;
        """)
    return server
}

/// A session of psql that stays open while `body` runs.
func withPsql(
    _ server: PrivatePostgres, application: String, database: String = "shop", user: String = "app",
    script: String, _ body: () async throws -> Void
) async throws {
    let dsn = server.dsn(database: database, user: user) + " application_name=\(application)"
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            do {
                _ = try await runTool("psql", ["-X", "-q", "-d", dsn, "-c", script], timeout: .seconds(120))
            } catch is CancellationError {}
        }
        defer { group.cancelAll() }
        try await eventually("\(application) is connected") {
            try await server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(application)'") != "0"
        }
        try await body()
    }
}

let listen = ["--listen", "127.0.0.1:0", "--log-level", "debug"]

@Suite("Figures against the servers' own")
struct SamplingTests {
    @Test("slots, connections, limits and settings are what psql says at that moment", arguments: PostgresVersion.all)
    func postgres(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            try await withPsql(server, application: "holder", script: "BEGIN; SELECT pg_sleep(100)") {
                try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                    try await poolscope.metrics("a sample has seen the holder") { metrics in
                        metrics.sum("poolscope_connections", ["application_name": "holder"]) == 1
                    }
                    let metrics = try await poolscope.metrics()
                    let server = try await Oracle(server)

                    #expect(metrics.series("pg_up") == 1)
                    #expect(metrics.series("poolscope_pool_size", ["pooler": "server"]) == 97)
                    // psql's own session came after the sample; ours is in both.
                    let busy = metrics.series("poolscope_pool_connections", ["pooler": "server", "state": "busy"])
                    #expect(busy == server.clientBackends - 1)
                    #expect(metrics.series("poolscope_pool_saturation_ratio", ["pooler": "server"]) == (busy ?? 0) / 97)
                    #expect(metrics.series("pg_settings_max_connections") == server.maxConnections)
                    #expect(metrics.series("pg_roles_connection_limit", ["rolname": "app"]) == 90)
                    #expect(metrics.series("pg_static")! == 1)
                    let holder = ["application_name": "holder", "datname": "shop", "usename": "app", "state": "active"]
                    #expect(metrics.series("poolscope_connections", holder) == 1)
                    #expect(metrics.sum("pg_stat_activity_count", holder) == 1)
                    let oldest = try #require(metrics.series("poolscope_oldest_query_seconds", ["datname": "shop"]))
                    #expect(abs(oldest - server.holderAge) < 2.5)
                    #expect(metrics.series("poolscope_privilege_missing", ["privilege": "pg_monitor"]) == 0)
                    #expect(metrics.sum("pg_stat_activity_count", ["application_name": "poolscope"]) == nil)
                }
            }
        }
    }

    /// What psql says of the server now.
    private struct Oracle {
        let clientBackends: Double
        let maxConnections: Double
        let holderAge: Double

        init(_ server: PrivatePostgres) async throws {
            let row = try await server.execute(
                """
                SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                    current_setting('max_connections'),
                    (SELECT extract(epoch FROM clock_timestamp() - query_start) FROM pg_stat_activity
                        WHERE application_name = 'holder')
                """
            ).split(separator: "|").map { Double($0)! }
            (clientBackends, maxConnections, holderAge) = (row[0], row[1], row[2])
        }
    }

    @Test("PgBouncer's pools, totals, databases and settings are what its console says")
    func pgbouncer() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop pool_size=2 reserve_pool=1"],
                settings: ["stats_users": "poolscope", "reserve_pool_timeout": "60", "max_client_conn": "50"],
                users: ["app": "", "poolscope": ""])
            let clients = (0..<4).map { _ in bouncer.dsn(database: "shop", user: "app") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for dsn in clients {
                    group.addTask {
                        do {
                            _ = try await runTool("psql", ["-X", "-d", dsn, "-c", "SELECT pg_sleep(60)"])
                        } catch is CancellationError {}
                    }
                }
                defer { group.cancelAll() }
                try await withPoolscope(["serve", "--pgbouncer", bouncer.dsn(user: "poolscope")] + listen) {
                    poolscope in
                    let pool = ["pooler": "pgbouncer", "database": "shop", "user": "app"]
                    let metrics = try await poolscope.metrics("two clients wait for over a second") {
                        ($0.series("poolscope_pool_oldest_wait_seconds", pool) ?? 0) > 1
                    }
                    let rows = try await bouncer.console("SHOW POOLS")
                    let row = try #require(rows.first { $0["database"] == "shop" })
                    #expect(
                        metrics.series("poolscope_pool_waiting_clients", pool) == row["cl_waiting"].flatMap(Double.init)
                    )
                    #expect(metrics.series("poolscope_pool_waiting_clients", pool) == 2)
                    #expect(metrics.series("poolscope_pool_connections", pool.merging(["state": "busy"]) { $1 }) == 2)
                    #expect(metrics.series("poolscope_pool_size", pool) == 3)
                    #expect(metrics.series("poolscope_pool_saturation_ratio", pool) == 2.0 / 3)
                    #expect(metrics.series("pgbouncer_pools_server_active_connections", ["database": "shop"]) == 2)
                    #expect(metrics.series("pgbouncer_databases_pool_size", ["name": "shop"]) == 2)
                    #expect(metrics.series("pgbouncer_config_max_client_connections") == 50)
                    #expect(metrics.series("pgbouncer_up") == 1)
                    let version = try await bouncer.console("SHOW VERSION").first?["version"] ?? ""
                    #expect(metrics.series("pgbouncer_version_info", ["version": version]) == 1)
                    let lists = try await bouncer.console("SHOW LISTS")
                    let used = lists.first { $0["list"] == "used_clients" }?["items"].flatMap(Double.init)
                    // The console session of the oracle is one more.
                    #expect(metrics.series("pgbouncer_used_clients") == used.map { $0 - 1 })
                    #expect(metrics.sum("poolscope_unknown_columns") == 0)
                }
            }
        }
    }

    @Test(
        "statements of known duration are in the histogram once each, with the server's durations",
        arguments: PostgresVersion.all)
    func durations(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("the target is up") { $0.series("pg_up") == 1 }
                // Each session stays for a while after its statement, so that its end is seen exactly.
                let seconds = [1.2, 1.7, 2.3, 3.1]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for each in seconds {
                        group.addTask {
                            _ = try await runTool(
                                "sh",
                                [
                                    "-c",
                                    #"{ echo "SELECT pg_sleep(\#(each));"; sleep 6; } | psql -X -q -d "$1""#, "sh",
                                    server.dsn(database: "shop", user: "app"),
                                ])
                        }
                    }
                    try await group.waitForAll()
                }
                let shop = ["datname": "shop"]
                let metrics = try await poolscope.metrics()
                #expect(metrics.series("poolscope_query_duration_seconds_count", shop) == Double(seconds.count))
                let sum = try #require(metrics.series("poolscope_query_duration_seconds_sum", shop))
                #expect(abs(sum - seconds.reduce(0, +)) < 0.05 * Double(seconds.count))
                func upTo(_ bound: String) -> Double? {
                    metrics.series("poolscope_query_duration_seconds_bucket", ["datname": "shop", "le": bound])
                }
                #expect([upTo("1.0"), upTo("2.5"), upTo("5.0")] == [0, 3, 4])
                #expect(metrics.series("poolscope_episodes_total", ["kind": "statement", "end": "estimated"]) == 0)
            }
        }
    }

    @Test("transactions, idling in them and short sessions are counted once each; a slow statement while it still runs")
    func episodes() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("the target is up") { $0.series("pg_up") == 1 }
                // What a session does, line by line; \! pauses on the client's side.
                let courses = [
                    "idler": "BEGIN;\n\\! sleep 2.5\nCOMMIT;\n\\! sleep 3",
                    "worker": "BEGIN;\nSELECT pg_sleep(3);\nCOMMIT;\n\\! sleep 3",
                    "short": "SELECT 1;\n\\! sleep 2.2",
                    "slow": "SELECT pg_sleep(9);",
                ]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (application, course) in courses {
                        let dsn = server.dsn(database: "shop", user: "app") + " application_name=\(application)"
                        group.addTask {
                            let script = #"printf '%s\n' "$2" | psql -X -q -d "$1""#
                            _ = try await runTool("sh", ["-c", script, "sh", dsn, course])
                        }
                    }
                    let slow = ["datname": "shop", "usename": "app", "application_name": "slow"]
                    let during = try await poolscope.metrics("the slow statement is counted") {
                        $0.series("poolscope_slow_queries_total", slow) == 1
                    }
                    #expect(during.sum("poolscope_connections", ["application_name": "slow", "state": "active"]) == 1)
                    try await group.waitForAll()
                }
                let metrics = try await poolscope.metrics("all sessions are closed") {
                    $0.sum("poolscope_sessions_closed_total", ["datname": "shop"]) == Double(courses.count)
                }
                #expect(metrics.sum("poolscope_slow_queries_total") == 1, "still once, now that it has ended")
                for application in courses.keys {
                    let owner = ["datname": "shop", "application_name": application]
                    #expect(metrics.series("poolscope_sessions_opened_total", owner) == 1)
                    #expect(metrics.series("poolscope_sessions_closed_total", owner) == 1)
                    #expect(metrics.series("poolscope_session_duration_seconds_count", owner) == 1)
                }
                func sum(_ family: String, _ application: String) -> Double {
                    metrics.series("\(family)_sum", ["datname": "shop", "application_name": application]) ?? -1
                }
                #expect(abs(sum("poolscope_session_duration_seconds", "short") - 2.2) < 1.1)
                // The next statement shows the end of idling to some milliseconds.
                #expect(abs(sum("poolscope_idle_in_transaction_seconds", "idler") - 2.5) < 0.25)
                let idler = ["datname": "shop", "application_name": "idler"]
                #expect(metrics.series("poolscope_idle_in_transaction_seconds_count", idler) == 1)
                // The idler's transaction, the worker's and the slow statement's own.
                let shop = ["datname": "shop"]
                let ended = ["kind": "transaction"]
                let transactions = metrics.series("poolscope_transaction_duration_seconds_sum", shop) ?? -1
                #expect(metrics.series("poolscope_transaction_duration_seconds_count", shop) == 3)
                #expect(abs(transactions - (2.5 + 3 + 9)) < 1.5)
                #expect(metrics.sum("poolscope_episodes_total", ended) == 3)
            }
        }
    }

    @Test("names that the watched database's encoding cannot express do not blind it")
    func encodings() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute(#"CREATE DATABASE "🐘""#)
            _ = try await server.execute(
                "CREATE DATABASE win ENCODING 'WIN1252' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
            try await withPsql(server, application: "holder", database: "🐘", script: "SELECT pg_sleep(100)") {
                let dsn = server.dsn(database: "win", user: "poolscope")
                try await withPoolscope(["serve", "--postgres", dsn] + listen) { poolscope in
                    let metrics = try await poolscope.metrics("it is up") { $0.series("pg_up") == 1 }
                    #expect(metrics.sum("poolscope_connections", ["datname": "🐘", "application_name": "holder"]) == 1)
                    #expect(metrics.series("pg_stat_database_numbackends", ["datname": "🐘"]) == 1)
                }
            }
        }
    }

    @Test("a role without pg_monitor is served, and what is hidden is said", arguments: PostgresVersion.all)
    func littlePrivilege(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100)") {
                try await withPoolscope(["serve", "--postgres", server.dsn(user: "little")] + listen) { poolscope in
                    let metrics = try await poolscope.metrics("the target is up, and its privileges are known") {
                        $0.series("pg_up") == 1 && !$0.all("poolscope_privilege_missing").isEmpty
                    }
                    for privilege in ["pg_monitor", "pg_read_all_stats", "pg_read_all_settings"] {
                        #expect(metrics.series("poolscope_privilege_missing", ["privilege": privilege]) == 1)
                    }
                    let holder = ["application_name": "holder", "state": ""]
                    #expect(
                        metrics.series("poolscope_connections", holder) == 1, "counted, although its state is hidden")
                    #expect((metrics.series("poolscope_pool_connections", ["state": "busy"]) ?? 0) >= 2)
                    #expect(
                        metrics.series("poolscope_oldest_query_seconds", ["datname": "shop"]) == nil, "no false zero")
                }
            }
        }
    }
}
