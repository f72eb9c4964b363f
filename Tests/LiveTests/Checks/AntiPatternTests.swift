import Demo
import Postgres
import TestSupport
import Testing

/// What people do wrong, done for real.
@Suite("poolscope check finds anti-patterns on real servers")
struct AntiPatternTests {
    private static let patience: Duration = .seconds(60)

    /// Runs `clients` for as long as `body` runs.
    private func with(
        _ clients: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await clients() } catch  where Task.isCancelled {}
            }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func connect(_ dsn: String) async throws -> PostgresSession {
        try await PostgresSession.connect(ConnectionString(parsing: dsn), timeout: patience)
    }

    @Test("a connection per request", arguments: PostgresVersion.all)
    func connectionPerRequest(_ version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            let dsn = server.dsn(database: "shop", user: "app") + " application_name=per-request"
            try await with {
                while !Task.isCancelled {
                    let session = try await Self.connect(dsn)
                    _ = try await session.simpleQuery("SELECT 1", timeout: Self.patience)
                    session.close()
                }
            } _: {
                let report = try await CheckedReport.run([
                    "--postgres", server.dsn(user: "poolscope"), "--watch", "10s",
                ])
                let finding = try #require(report.findings("connection-per-request").first { $0.subject == "shop" })
                #expect(try #require(finding["sessions_per_transaction"]) > 0.2)
                #expect(try #require(finding["sessions"]) >= 10)
                #expect(report.status == 0, "a warning is not critical")
            }
        }
    }

    @Test("no time-outs, open transactions and an application that is a superuser; the remedies mend it")
    func statements() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let idle = server.dsn(database: "shop", user: "app") + " application_name=forgetful"
            let superuser = server.dsn(database: "shop", user: "postgres") + " application_name=shop-api"
            var sessions = [try await Self.connect(superuser)]
            defer { for session in sessions { session.close() } }
            for _ in 0..<8 {
                let session = try await Self.connect(idle)
                _ = try await session.simpleQuery("BEGIN", timeout: Self.patience)
                sessions.append(session)
            }
            let arguments = ["--postgres", server.dsn(user: "poolscope"), "--watch", "0", "--fail-on", "warning"]
            let report = try await CheckedReport.run(arguments)
            #expect(report.status == 1)
            #expect(report.findings("idle-in-transaction").first?["idle_in_transaction_sessions"] == 8)
            #expect(report.findings("superuser-applications").map(\.subject) == ["postgres"])
            for check in ["statement-timeout", "idle-in-transaction-timeout", "lock-timeout"] {
                let findings = report.findings(check)
                #expect(findings.map(\.subject) == ["app"], "\(check)")
                for statement in findings.flatMap(\.remedy.statements) { _ = try await server.execute(statement) }
            }
            // One look says nothing of rates.
            #expect(report.check("connection-per-request")?.outcome == "unknown")

            let mended = try await CheckedReport.run(arguments)
            for check in ["statement-timeout", "idle-in-transaction-timeout", "lock-timeout"] {
                #expect(mended.check(check)?.outcome == "passed", "\(check)")
            }
        }
    }

    @Test("connections that are not given back, one after another")
    func leak() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let dsn = server.dsn(database: "shop", user: "app") + " application_name=leaky"
            let configuration = try directory.write(
                "leak_threshold: 10s\ntargets: [{name: main, dsn: \"\(server.dsn(user: "poolscope"))\"}]\n",
                to: "poolscope.yml")
            try await with {
                var lost: [PostgresSession] = []
                defer { for session in lost { session.close() } }
                while !Task.isCancelled, lost.count < 80 {
                    lost.append(try await Self.connect(dsn))
                    try await Task.sleep(for: .seconds(1))
                }
                try await Task.sleep(for: .seconds(600))
            } _: {
                let report = try await CheckedReport.run(["--config", configuration, "--watch", "40s"])
                let finding = try #require(
                    report.findings("leaked-connections").first { $0.subject == "leaky" },
                    "\(report.check("leaked-connections")?.detail ?? "not there")")
                #expect(finding.severity == "critical" && report.status == 1)
                #expect(try #require(finding["leaked_connections"]) >= 2)
            }
        }
    }

    @Test("pools that are too large for their server, and clients that bypass them")
    func pools() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, settings: ["max_connections": "30"])
            let pooler = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope", "default_pool_size": "50"],
                users: ["app": "", "poolscope": ""])
            var sessions: [PostgresSession] = []
            defer { for session in sessions { session.close() } }
            let pooled = try await Self.connect(pooler.dsn(database: "shop", user: "app"))
            sessions.append(pooled)
            _ = try await pooled.simpleQuery("SELECT 1", timeout: Self.patience)
            for _ in 0..<20 {
                sessions.append(try await Self.connect(server.dsn(database: "shop", user: "app")))
            }
            let report = try await CheckedReport.run([
                "--postgres", server.dsn(user: "poolscope"), "--pgbouncer", pooler.dsn(user: "poolscope"),
                "--watch", "2s", "--cores", "2",
            ])
            let size = try #require(report.findings("pool-size-fits-slots").first)
            #expect(size["pool_connections_possible"] == 50 && size["usable_slots"] == 27)
            let bypass = try #require(report.findings("connection-pool-used").first)
            #expect(bypass["pooled_sessions"] == 1 && bypass["direct_sessions"] == 20)
            #expect(report.findings("pool-size-fits-machine").first?["formula"] == 5)
        }
    }
}
