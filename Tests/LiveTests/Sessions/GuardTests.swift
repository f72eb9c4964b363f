import Demo
import Foundation
import TestSupport
import Testing

@Suite("The guard on a real server", .timeLimit(.minutes(10)))
struct LiveGuardTests {
    private static let sleep = "SELECT pg_sleep(600)"
    /// A statement that a cancel request does not end.
    private static let stubborn = """
        DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$
        """
    private static let policies = """
        [{name: idle, when: idle_in_transaction, longer_than: 1s, action: terminate, \
        applications: {except: [billing]}, databases: {only: [shop]}}, \
        {name: slow, when: statement, longer_than: 1s, action: cancel, applications: {except: [batch, billing]}}, \
        {name: batch, when: statement, longer_than: 1s, action: terminate, applications: {only: [batch]}}]
        """

    /// A server with these clients, and an agent that guards it.
    private func withGuard(
        _ mode: String, more: String = "", auditLog: String = "guard.log", as user: String = "ops",
        version: PostgresVersion = .installed, _ clients: [(name: String, user: String, statement: String)],
        _ body: @Sendable (PrivatePostgres, RunningPoolscope, String) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory, version: version)
            let clients = clients.map { client in
                let begin = client.statement == "idle in transaction" ? ["BEGIN"] : []
                let last = client.statement == "idle in transaction" ? "SELECT 1" : client.statement
                let replication = client.name == "receiver" ? " replication=database" : ""
                return ServerClients.Client(
                    client.name, server.dsn(database: "shop", user: client.user) + replication,
                    statements: begin + [last])
            }
            let audit = directory.path + "/guard.log"
            let file = try directory.write(
                """
                interval: 250ms
                guard: {mode: \(mode), audit_log: \(auditLog), policies: \(Self.policies)\(more)}
                targets: [{name: main, dsn: "\(server.dsn(user: user))"}]
                """, to: "poolscope.yml")
            try await ServerClients.with(clients, on: server) {
                try await withPoolscope(["serve", "--config", file] + listen) { poolscope in
                    try await body(server, poolscope, audit)
                }
            }
        }
    }

    private func count(_ condition: String, _ server: PrivatePostgres) async throws -> Int {
        let text = try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE \(condition)")
        return try #require(Int(text))
    }

    private func isThere(_ application: String, _ server: PrivatePostgres) async throws -> Bool {
        try await count("application_name = '\(application)'", server) > 0
    }

    private func actions(_ page: MetricsText, _ policy: String, _ action: String, _ outcome: String) -> Double? {
        page.series(
            "poolscope_guard_actions_total", ["policy": policy, "action": action, "outcome": outcome, "target": "main"])
    }

    private func samples(_ page: MetricsText) -> Double {
        page.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0
    }

    private func auditLines(_ path: String) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("a dry run ends nothing, and counts and writes down once what it would have done")
    func dryRun() async throws {
        let clients = [
            ("checkout", "app", "idle in transaction"), ("billing", "app", "idle in transaction"),
            ("nightly", "app", Self.sleep), ("batch", "app", Self.sleep),
        ]
        try await withGuard("dry_run", clients) { server, poolscope, audit in
            let page = try await poolscope.metrics("all three are counted") {
                actions($0, "idle", "terminate", "dry_run") == 1 && actions($0, "slow", "cancel", "dry_run") == 1
                    && actions($0, "batch", "cancel", "dry_run") == 1
            }
            let later = try await poolscope.metrics("ten more samples") { samples($0) >= samples(page) + 10 }
            #expect(later.sum("poolscope_guard_actions_total") == 3, "each once")
            #expect(later.series("poolscope_guard_mode", ["mode": "dry_run"]) == 1)
            #expect(later.series("poolscope_guard_mode", ["mode": "enforce"]) == 0)
            #expect(later.series("poolscope_guard_spared_sessions", ["policy": "idle", "reason": "exempt"]) == 1)
            #expect(try await count("state = 'idle in transaction'", server) == 2)
            #expect(try await count("state = 'active' AND query = '\(Self.sleep)'", server) == 2)
            #expect(poolscope.output.contains("the guard is in dry run"))
            #expect(!poolscope.output.contains("THE GUARD IS ON"))
            let lines = try auditLines(audit)
            #expect(lines.count == 3)
            let line = try #require(lines.first { $0["policy"] as? String == "idle" })
            #expect(line["application"] as? String == "checkout" && line["outcome"] as? String == "dry_run")
            #expect(line["target"] as? String == "main" && line["role"] as? String == "ops")
            #expect((line["who"] as? String)?.hasPrefix("guard@") == true && line["query"] == nil)
            let rights = try FileManager.default.attributesOfItem(atPath: audit)[.posixPermissions] as? Int
            #expect(rights == 0o600)
        }
    }

    @Test(
        "enforced, it ends what is meant and nothing else: not those excepted, superusers, walsenders, or Poolscope",
        arguments: PostgresVersion.all)
    func enforce(version: PostgresVersion) async throws {
        let clients = [
            ("checkout", "app", "idle in transaction"), ("billing", "app", "idle in transaction"),
            ("nightly", "app", Self.sleep), ("batch", "app", Self.stubborn),
            ("admin", "postgres", "idle in transaction"), ("receiver", "app", Self.sleep),
            ("poolscope", "app", "idle in transaction"), ("ours", "ops", "idle in transaction"),
        ]
        try await withGuard("enforce", version: version, clients) { server, poolscope, audit in
            try await poolscope.reaches("up")
            let own = "usename = 'ops' AND application_name = 'poolscope'"
            let process = try await server.execute("SELECT min(pid) FROM pg_stat_activity WHERE \(own)")
            try await eventually("the one that is meant has ended") { try await !isThere("checkout", server) }
            try await eventually("the statement has been cancelled, and its session lives") {
                try await count("application_name = 'nightly' AND state = 'idle'", server) == 1
            }
            try await eventually("what a cancel did not stop has been terminated") {
                try await !isThere("batch", server)
            }
            let page = try await poolscope.metrics("it is all counted") {
                actions($0, "idle", "terminate", "done") == 1 && actions($0, "slow", "cancel", "done") == 1
                    && actions($0, "batch", "cancel", "done") == 1 && actions($0, "batch", "terminate", "done") == 1
            }
            let later = try await poolscope.metrics("ten more samples") { samples($0) >= samples(page) + 10 }
            #expect(later.sum("poolscope_guard_actions_total") == 4)
            let spared = { (policy: String, reason: String) in
                later.series("poolscope_guard_spared_sessions", ["policy": policy, "reason": reason])
            }
            #expect(spared("idle", "exempt") == 1 && spared("idle", "superuser") == 1)
            #expect(spared("idle", "poolscope") == 2 && (spared("slow", "replication") ?? 0) >= 1)
            for application in ["billing", "admin", "receiver", "ours"] {
                #expect(try await isThere(application, server), "\(application)")
            }
            #expect(try await count("application_name = 'poolscope' AND usename = 'app'", server) == 1)
            #expect(try await count("pid = \(process) AND \(own)", server) == 1, "the agent has the session it had")
            #expect(poolscope.output.contains("THE GUARD IS ON"))
            let lines = try auditLines(audit)
            #expect(lines.map { $0["outcome"] as? String } == ["done", "done", "done", "done"])
            #expect(Set(lines.compactMap { $0["application"] as? String }) == ["checkout", "nightly", "batch"])
            #expect(poolscope.output.contains(#"guard: {"time":"#), "each is in the log, too")
        }
    }

    @Test("of many offenders no more are ended within a minute than the rate limit says")
    func rateLimit() async throws {
        let clients = (1...9).map { ("checkout\($0)", "app", "idle in transaction") }
        try await withGuard("enforce", more: ", rate_limit: 3", clients) { server, poolscope, audit in
            let start = ContinuousClock.now
            let page = try await poolscope.metrics("three are ended, and six held back") {
                (actions($0, "idle", "terminate", "done") ?? 0) >= 3
                    && actions($0, "idle", "terminate", "rate_limited") == 6
            }
            let later = try await poolscope.metrics("ten more samples") { samples($0) >= samples(page) + 10 }
            let done = try #require(actions(later, "idle", "terminate", "done"))
            // On a machine so slow that a minute has passed, the next three may have had their turn.
            #expect(done <= 3 * ((ContinuousClock.now - start) / .seconds(60)).rounded(.up))
            #expect(actions(later, "idle", "terminate", "rate_limited") == 6, "each is told once")
            #expect(try await count("state = 'idle in transaction'", server) <= 6)
            #expect(try auditLines(audit).count >= 3)
            #expect(poolscope.output.contains("the rate limit of 3 a minute holds back idle: terminate"))
        }
    }

    @Test("without pg_signal_backend nobody is hit; what to grant is told once, and each attempt counted")
    func privilege() async throws {
        let clients = [("checkout", "app", "idle in transaction"), ("nightly", "app", Self.sleep)]
        try await withGuard("enforce", as: "poolscope", clients) { server, poolscope, audit in
            let page = try await poolscope.metrics("both were tried") {
                actions($0, "idle", "terminate", "insufficient_privilege") == 1
                    && actions($0, "slow", "cancel", "insufficient_privilege") == 1
            }
            try await poolscope.metrics("ten more samples") { samples($0) >= samples(page) + 10 }
            let told = poolscope.output.components(separatedBy: "guard: our role poolscope may not").count - 1
            #expect(told == 1, "\(poolscope.output.suffix(2_000))")
            #expect(poolscope.output.contains("GRANT pg_signal_backend TO poolscope"))
            #expect(try await isThere("checkout", server))
            #expect(try await count("application_name = 'nightly' AND state = 'active'", server) == 1)
            #expect(try auditLines(audit).allSatisfy { $0["outcome"] as? String == "insufficient_privilege" })
        }
    }

    @Test("when its audit log cannot be written, the guard stops, and the sampling goes on")
    func fullLog() async throws {
        let clients = (1...3).map { ("checkout\($0)", "app", "idle in transaction") }
        try await withGuard("enforce", auditLog: "/dev/full", clients) { server, poolscope, _ in
            let page = try await poolscope.metrics("it is halted") {
                $0.series("poolscope_guard_mode", ["mode": "halted"]) == 1
            }
            let later = try await poolscope.metrics("ten more samples") { samples($0) >= samples(page) + 10 }
            #expect(actions(later, "idle", "terminate", "done") == 1, "the one that could not be written down")
            #expect(try await count("state = 'idle in transaction'", server) == 2)
            #expect(later.series("poolscope_target_up") == 1)
            #expect(poolscope.output.contains("guard: /dev/full: the audit log cannot be written: No space left"))
        }
    }

    @Test("an audit log that cannot be opened keeps the agent from starting; a recording is never guarded")
    func startAndRecording() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            let configuration = { (mode: String, audit: String) in
                """
                interval: 250ms
                guard: {mode: \(mode), audit_log: "\(audit)", policies: \(Self.policies)}
                targets: [{name: main, dsn: "\(server.dsn(user: "ops"))"}]
                """
            }
            let bad = try directory.write(configuration("dry_run", "nowhere/guard.log"), to: "bad.yml")
            let outcome = try await runTool(ProductsDirectory.poolscope, ["serve", "--config", bad] + listen)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("nowhere/guard.log: the audit log cannot be opened: No such file"))

            let good = try directory.write(configuration("enforce", "guard.log"), to: "good.yml")
            let client = ServerClients.Client(
                "checkout", server.dsn(database: "shop", user: "app"), "BEGIN", "SELECT 1")
            try await ServerClients.with([client], on: server) {
                let recorded = try await runTool(
                    ProductsDirectory.poolscope,
                    ["record", directory.path + "/a.rec", "--config", good, "--duration", "5s"],
                    timeout: .seconds(120))
                #expect(recorded.status == 0, "\(recorded.error)")
                #expect(try await isThere("checkout", server))
                #expect(!recorded.error.contains("GUARD"))
            }
        }
    }
}
