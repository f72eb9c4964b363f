import Demo
import Foundation
import Postgres
import TestSupport
import Testing

/// What goes wrong between clients and a PgBouncer, done for real; where a remedy is a command, it is run.
@Suite("poolscope check finds what is wrong with a real PgBouncer")
struct PoolerChecksTests {
    private static let patience: Duration = .seconds(60)

    private static func connect(_ dsn: String) async throws -> PostgresSession {
        try await PostgresSession.connect(ConnectionString(parsing: dsn), timeout: patience)
    }

    private static func startPooler(
        in directory: PrivateDirectory, _ server: PrivatePostgres, databases: [String] = ["shop"],
        settings: [String: String] = [:], others: [String: String] = [:]
    ) async throws -> PrivatePgBouncer {
        let own = databases.map { ($0, "host=127.0.0.1 port=\(server.port) dbname=shop") }
        return try await PrivatePgBouncer.start(
            in: directory, databases: Dictionary(uniqueKeysWithValues: own).merging(others) { $1 },
            settings: ["stats_users": "poolscope"].merging(settings) { $1 }, users: ["app": "", "poolscope": ""])
    }

    private static func check(
        _ server: PrivatePostgres, _ pooler: PrivatePgBouncer, watch: String
    ) async throws -> CheckedReport {
        try await CheckedReport.run([
            "--postgres", server.dsn(user: "poolscope"), "--pgbouncer", pooler.dsn(user: "poolscope"), "--watch", watch,
        ])
    }

    /// Lets somebody run a statement who has to wait for it, while `body` runs; afterwards it has to have been answered.
    private func withWaiter(
        _ pooler: PrivatePgBouncer, _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let waiter = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
                defer { waiter.close() }
                _ = try await waiter.simpleQuery("SELECT 1", timeout: .seconds(300))
            }
            do {
                try await eventually("somebody waits") {
                    try await pooler.console("SHOW POOLS").contains {
                        $0["database"] == "shop" && $0["cl_waiting"] == "1"
                    }
                }
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            try await group.waitForAll()
        }
    }

    @Test("session state over connections that clients share, by kind", arguments: PostgresVersion.all)
    func sessionState(_ version: PostgresVersion) async throws {
        // A pool for each, so that none runs on another's connection.
        let uses = [
            "set": "SET work_mem = '8MB'", "config": "SELECT set_config('work_mem', '8MB', false)",
            "listen": "LISTEN news", "advisory_lock": "SELECT pg_advisory_lock(7)", "prepare": "PREPARE p AS SELECT 1",
            "temporary_table": "CREATE TEMP TABLE basket (id int)",
            "cursor": "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        ]
        let harmless = [
            "name": "SET application_name = 'api'", "zone": "SET TIME ZONE 'UTC'",
            "local": "SET LOCAL work_mem = '8MB'",
            "xact_lock": "SELECT pg_advisory_xact_lock(8)", "set_in_text": "SELECT 'SET work_mem'",
            "settled": "SELECT set_config('work_mem', '8MB', true)",
        ]
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            let pooler = try await Self.startPooler(
                in: directory, server, databases: Array(uses.keys) + Array(harmless.keys))
            var sessions: [PostgresSession] = []
            defer { for session in sessions { session.close() } }
            for (database, statement) in uses.merging(harmless, uniquingKeysWith: { $1 }) {
                let session = try await Self.connect(
                    pooler.dsn(database: database, user: "app") + " application_name=api")
                _ = try await session.simpleQuery(statement, timeout: Self.patience)
                sessions.append(session)
            }
            let report = try await Self.check(server, pooler, watch: "3s")
            let findings = report.findings("session-state")
            #expect(Set(findings.map(\.subject)) == Set(uses.keys.map { "\($0)/app" }), "\(findings.map(\.subject))")
            for finding in findings {
                let kind = finding.subject == "config/app" ? "set" : String(finding.subject.dropLast(4))
                #expect(finding["connections_with_\(kind)"] == 1, "\(finding.message)")
                #expect(finding.severity == "critical" && finding.message.contains("“api”"))
            }
        }
    }

    @Test("a statement that was prepared is not there on the next connection")
    func preparedStatements() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(in: directory, server)
            let client = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            let other = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            defer {
                client.close()
                other.close()
            }
            _ = try await client.simpleQuery("PREPARE p AS SELECT 1", timeout: Self.patience)
            let before = try await Self.check(server, pooler, watch: "2s")
            _ = try await other.simpleQuery("BEGIN", timeout: Self.patience)
            await #expect(throws: PostgresError.self) {
                _ = try await client.simpleQuery("EXECUTE p", timeout: Self.patience)
            }
            #expect(before.findings("session-state").first?["connections_with_prepare"] == 1)
            let finding = try #require(before.findings("prepared-statements").first)
            #expect(finding.subject == "version" && finding.message.contains("“shop/app”"))
        }
    }

    @Test("a paused database whose clients wait; the remedy lets them go on")
    func paused() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(in: directory, server)
            // From then on PgBouncer can greet a client without asking the server.
            let first = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            _ = try await first.simpleQuery("SELECT 1", timeout: Self.patience)
            first.close()
            _ = try await pooler.console("PAUSE \"shop\"")
            try await withWaiter(pooler) {
                let report = try await Self.check(server, pooler, watch: "2s")
                let finding = try #require(report.findings("paused-databases").first)
                #expect(finding.severity == "critical" && finding["waiting_clients"] == 1 && report.status == 1)
                for command in finding.remedy.commands { _ = try await pooler.console(command) }
            }
            let resumed = try await Self.check(server, pooler, watch: "0")
            #expect(resumed.check("paused-databases")?.outcome == "passed")
        }
    }

    @Test("a queue in front of transactions that idle; the remedy ends them")
    func heldConnections() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(in: directory, server, settings: ["default_pool_size": "2"])
            var sessions: [PostgresSession] = []
            defer { for session in sessions { session.close() } }
            for _ in 0..<2 {
                let session = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
                _ = try await session.simpleQuery("BEGIN", timeout: Self.patience)
                sessions.append(session)
            }
            try await withWaiter(pooler) {
                let report = try await Self.check(server, pooler, watch: "10s")
                let finding = try #require(
                    report.findings("waiting-while-idle").first,
                    "\(report.check("waiting-while-idle")?.detail ?? "not there")")
                #expect(finding.severity == "critical" && finding.subject == "shop/app")
                #expect(finding["idle_clients"] == 2 && finding["waiting_clients"] == 1)
                #expect(report.check("pool-size")?.outcome == "passed")
                #expect(report.findings("reserve-pool").first?.subject == "shop/app")
                #expect(finding.remedy.settings == ["idle_transaction_timeout = 60"])
                // A minute is long for a test.
                _ = try await pooler.console("SET idle_transaction_timeout = 1")
            }
        }
    }

    @Test("a queue in front of connections at work")
    func smallPool() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(in: directory, server, settings: ["default_pool_size": "1"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let busy = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
                    defer { busy.close() }
                    do {
                        _ = try await busy.simpleQuery("SELECT pg_sleep(300)", timeout: .seconds(300))
                    } catch is PostgresError {}
                }
                try await eventually("the only connection is taken") {
                    try await pooler.console("SHOW POOLS").contains {
                        $0["database"] == "shop" && $0["sv_active"] == "1"
                    }
                }
                try await withWaiter(pooler) {
                    let report = try await Self.check(server, pooler, watch: "4s")
                    let finding = try #require(
                        report.findings("pool-size").first, "\(report.check("pool-size")?.detail ?? "not there")")
                    #expect(finding["most_waiting"] == 1 && finding["most_busy"] == 1)
                    #expect(report.check("waiting-while-idle")?.outcome == "passed")
                    #expect(finding.remedy.settings == ["default_pool_size = 2"])
                    for setting in finding.remedy.settings { _ = try await pooler.console("SET \(setting)") }
                }
                _ = try await server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
                try await group.waitForAll()
            }
        }
    }

    @Test("clients that stay in session mode without work")
    func sessionMode() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(
                in: directory, server, settings: ["pool_mode": "session", "default_pool_size": "8"])
            var sessions: [PostgresSession] = []
            defer { for session in sessions { session.close() } }
            for _ in 0..<8 {
                let session = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
                _ = try await session.simpleQuery("SELECT 1", timeout: Self.patience)
                sessions.append(session)
            }
            let report = try await Self.check(server, pooler, watch: "8s")
            let finding = try #require(
                report.findings("pool-mode").first, "\(report.check("pool-mode")?.detail ?? "not there")")
            #expect(finding.severity == "warning" && finding["idle_clients"] == 8 && finding["clients_holding"] == 8)
            #expect(finding.remedy.settings == ["pool_mode = transaction"])
            #expect(report.check("session-state")?.outcome == "not_applicable")
        }
    }

    @Test("a connection that is to be closed and is held; the remedy ends it")
    func closeNeeded() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await Self.startPooler(in: directory, server)
            let session = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            defer { session.close() }
            _ = try await session.simpleQuery("BEGIN", timeout: Self.patience)
            _ = try await pooler.console("RECONNECT \"shop\"")
            let report = try await Self.check(server, pooler, watch: "8s")
            let finding = try #require(
                report.findings("close-needed").first, "\(report.check("close-needed")?.detail ?? "not there")")
            #expect(finding["connections"] == 1 && finding.remedy.statements.count == 1)
            for statement in finding.remedy.statements { _ = try await server.execute(statement) }
            try await eventually("the connection is gone") {
                try await pooler.console("SHOW SERVERS").isEmpty
            }
            let closed = try await Self.check(server, pooler, watch: "0")
            #expect(closed.check("close-needed")?.outcome == "passed")
        }
    }

    @Test("settings that ask for trouble; written as the remedies say, they pass")
    func settings() async throws {
        let settings = [
            "query_wait_timeout": "0", "server_lifetime": "0", "server_idle_timeout": "0", "reserve_pool_size": "5",
            "reserve_pool_timeout": "30", "max_client_conn": "2000000",
            "ignore_startup_parameters": "extra_float_digits, statement_timeout",
        ]
        let subjects = [
            "query-wait-timeout": "query_wait_timeout", "server-lifetime": "server_lifetime",
            "server-idle-timeout": "server_idle_timeout", "reserve-pool": "reserve_pool_timeout",
            "startup-parameters": "ignore_startup_parameters",
        ]
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            // Nobody connects to the far one.
            let pooler = try await Self.startPooler(
                in: directory, server, settings: settings.merging(["admin_users": "app"]) { $1 },
                others: ["far": "host=192.0.2.1 port=5432 dbname=far"])
            let session = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            defer { session.close() }
            _ = try await session.simpleQuery("SELECT 1", timeout: Self.patience)
            let report = try await Self.check(server, pooler, watch: "1s")
            #expect(report.findings("pooler-tls").map(\.subject) == ["server_tls_sslmode"])
            #expect(report.findings("pooler-authentication").map(\.severity) == ["warning"])
            #expect(report.findings("console-access").map(\.subject) == ["app"])
            // Most limits on files do not let two million in.
            let told = report.findings("client-connections").first { $0.subject == "files" }?["file_limit"]
            let process = try #require(await pooler.processID())
            let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
            let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
            let limit = line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
            #expect(told == limit.flatMap { $0 < 2_000_000 ? $0 : nil })
            for (check, subject) in subjects {
                let findings = report.findings(check)
                #expect(findings.map(\.subject) == [subject], "\(check)")
                for line in findings.flatMap(\.remedy.settings) {
                    let parts = line.split(separator: " = ", maxSplits: 1)
                    _ = try await pooler.console("SET \(parts[0]) = '\(parts[1])'")
                }
                for statement in findings.flatMap(\.remedy.statements) { _ = try await server.execute(statement) }
            }
            let mended = try await Self.check(server, pooler, watch: "1s")
            for check in subjects.keys { #expect(mended.check(check)?.outcome == "passed", "\(check)") }
        }
    }
}

extension CheckedReport.Remedy {
    /// The lines of the section [pgbouncer].
    fileprivate var settings: [String] { snippets.filter { $0.language == "ini" }.flatMap(\.lines) }
    /// Commands of the admin console, without the semicolon.
    fileprivate var commands: [String] {
        snippets.filter { $0.language == "console" }.flatMap(\.lines).map { $0.replacing(";", with: "") }
    }
}
