import Demo
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("The commands on sessions")
struct SessionCommandTests {
    private func withClients(
        _ body: (PrivateDirectory, PrivatePostgres) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            let shop = server.dsn(database: "shop", user: "app")
            let clients = [
                ServerClients.Client("idler", shop, "BEGIN", "SELECT 'secret'"),
                .init("sleeper", shop, "SELECT pg_sleep(600)"),
                .init("admin", server.dsn(database: "shop"), "SELECT 1"),
            ]
            try await ServerClients.with(clients, on: server) { try await body(directory, server) }
        }
    }

    private func poolscope(
        _ arguments: [String], on server: PrivatePostgres, as user: String = "ops", input: String = ""
    ) async throws -> Tool.Outcome {
        try await runTool(
            ProductsDirectory.poolscope, arguments + ["--postgres", server.dsn(user: user)], input: input)
    }

    private func count(_ application: String, _ server: PrivatePostgres) async throws -> String {
        try await server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(application)'")
    }

    @Test("sessions: a table without colours in a pipe, filters, JSON, and texts only where asked for")
    func sessions() async throws {
        try await withClients { _, server in
            let all = try await poolscope(["sessions"], on: server)
            #expect(all.status == 0)
            for word in ["idler", "sleeper", "admin", "idle in txn", "PgSleep"] { #expect(all.output.contains(word)) }
            #expect(!all.output.contains("secret") && !all.output.contains("\u{1B}"))
            #expect(all.output.contains("3 sessions, 1 active, 1 idle, 1 idle in transaction"))
            let idle = try await poolscope(["sessions", "--idle-in-transaction", "--query"], on: server)
            #expect(idle.output.contains("secret") && !idle.output.contains("sleeper"))
            let json = try await poolscope(["sessions", "--user", "app", "--format", "json"], on: server)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            let rows = try #require(object["sessions"] as? [[String: Any]])
            #expect(Set(rows.compactMap { $0["application"] as? String }) == ["idler", "sleeper"])
            #expect(!json.output.contains("secret"))
        }
    }

    @Test("without a filter, or without a terminal and --yes, nothing is done: exit code 2 and a sentence")
    func unasked() async throws {
        try await withClients { _, server in
            let all = try await poolscope(["terminate", "--yes"], on: server)
            #expect(all.status == 2 && all.error.contains("say which sessions are meant"))
            let unasked = try await poolscope(["terminate", "--user", "app"], on: server, input: "terminate 2\n")
            #expect(unasked.status == 2 && unasked.error.contains("give --yes"))
            #expect(unasked.output.contains("idler") && unasked.output.contains("sleeper"), "the list is shown")
            let dry = try await poolscope(["terminate", "--user", "app", "--dry-run", "--yes"], on: server)
            #expect(dry.status == 0 && dry.output.contains("nothing was done to 2 sessions"))
            for application in ["idler", "sleeper", "admin"] { #expect(try await count(application, server) == "1") }
            let bad = try await poolscope(["terminate", "--longer-than", "soon"], on: server)
            #expect(bad.status == 64 && bad.error.contains("is not a duration"))
            let none = try await poolscope(["terminate", "--user", "app", "--limit", "-1"], on: server)
            #expect(none.status == 64 && none.error.contains("--limit"))
            let two = try await poolscope(["terminate", "--user", "app", "--postgres", "host=x"], on: server)
            #expect(two.status == 64 && two.error.contains("one server at a time"))
        }
    }

    @Test("terminate: those who match end, a line for each in a file that only its owner reads, superusers stay")
    func terminate() async throws {
        try await withClients { directory, server in
            let audit = directory.path + "/audit.log"
            let outcome = try await poolscope(
                ["terminate", "--database", "shop", "--yes", "--wait", "60s", "--audit-log", audit], on: server)
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.output.hasSuffix("2 sessions terminated\n"))
            #expect(outcome.output.contains("(admin, postgres@shop): it is a superuser's (--include-superusers)"))
            #expect(try await count("idler", server) == "0")
            #expect(try await count("admin", server) == "1")
            let lines = try text(ofFile: audit).split(separator: "\n")
            #expect(lines.count == 2)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(object?["outcome"] as? String == "done" && object?["role"] as? String == "ops")
            }
            #expect(!(try text(ofFile: audit)).contains("secret"))
            let mode = try FileManager.default.attributesOfItem(atPath: audit)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            let admin = try await server.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'admin'")
            let named = try await poolscope(["terminate", "--pid", admin, "--yes"], on: server)
            #expect(named.status == 1, "what was asked for by number was not done")
            let nobody = try await poolscope(["terminate", "--pid", "999999999", "--yes"], on: server)
            #expect(nobody.status == 1 && nobody.output.contains("no session has the process id 999999999"))
            let noLog = try await poolscope(
                ["terminate", "--user", "postgres", "--include-superusers", "--yes", "--audit-log", directory.path],
                on: server, as: "postgres")
            #expect(noLog.status == 1 && noLog.error.contains("the audit log cannot be opened"))
            #expect(try await count("admin", server) == "1", "nothing is done that cannot be written down")
        }
    }

    @Test("cancel, and what lacks a privilege: JSON for programs, exit code 1 with what to grant")
    func cancel() async throws {
        try await withClients { _, server in
            let cancel = ["cancel", "--state", "active", "--yes", "--wait", "60s", "--format", "json"]
            let denied = try await poolscope(cancel, on: server, as: "poolscope")
            #expect(denied.status == 1)
            #expect(denied.output.contains("GRANT pg_signal_backend TO poolscope, or GRANT app TO poolscope"))
            let outcome = try await poolscope(cancel, on: server)
            #expect(outcome.status == 0)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(object["complete"] as? Bool == true)
            let results = try #require(object["results"] as? [[String: Any]])
            #expect(results.count == 1 && results.first?["ended"] as? Bool == true)
            #expect(try await count("sleeper", server) == "1", "its session lives on")
        }
    }

    @Test(
        "every command has help with examples and exit codes", arguments: ["sessions", "cancel", "terminate", "drain"])
    func help(command: String) async throws {
        let outcome = try await runTool(ProductsDirectory.poolscope, [command, "--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("poolscope \(command) ") && outcome.output.contains("Exit codes: 0"))
    }

    /// Runs the command on a terminal of its own, and types.
    private func onTerminal(_ command: String, typing answer: String) async throws -> Tool.Outcome {
        try await runTool("script", ["-qefc", command, "/dev/null"], input: answer, timeout: .seconds(120))
    }

    @Test("on a terminal the very phrase does it, anything else does nothing")
    func confirmation() async throws {
        try await withClients { _, server in
            let command =
                "'\(ProductsDirectory.poolscope)' terminate --application idler --wait 60s "
                + "--postgres 'host=127.0.0.1 port=\(server.port) user=ops dbname=postgres'"
            let wrong = try await onTerminal(command, typing: "yes\n")
            #expect(wrong.status == 1 && wrong.output.contains("nothing was done"), "\(wrong.output)")
            #expect(try await count("idler", server) == "1")
            let right = try await onTerminal(command, typing: "terminate 1\n")
            #expect(right.status == 0 && right.output.contains("1 session terminated"), "\(right.output)")
            #expect(try await count("idler", server) == "0")
        }
    }

    @Test("--watch prints the list again and again into a pipe, and ends cleanly on Ctrl-C")
    func watch() async throws {
        try await withClients { _, server in
            let arguments = ["sessions", "--watch", "200ms", "--postgres", server.dsn(user: "ops")]
            let end = try await withPoolscope(arguments) { poolscope in
                try await eventually("three lists", within: .seconds(60)) {
                    poolscope.output.matches(of: /3 sessions/).count >= 3
                }
                poolscope.signal(SIGINT)
                try await eventually("it ends", within: .seconds(60)) { poolscope.hasEnded }
            }
            #expect(end.status == 0)
            #expect(!end.output.contains("\u{1B}") && !end.output.contains("error"))
        }
    }

    @Test("a full server is a sentence that says what to do; a superuser still gets in")
    func full() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(
                in: directory, settings: ["max_connections": "8", "superuser_reserved_connections": "3"])
            let shop = server.dsn(database: "shop", user: "app")
            let clients = (1...5).map { ServerClients.Client("holder\($0)", shop, "SELECT \($0)") }
            try await ServerClients.with(clients, on: server) {
                let full = try await poolscope(["sessions"], on: server)
                #expect(full.status == 1)
                #expect(full.error.contains("superuser_reserved_connections"), "\(full.error)")
                #expect(full.error.split(separator: "\n").count == 1)
                let admin = try await poolscope(
                    ["terminate", "--application", "holder1", "--yes", "--wait", "60s"], on: server, as: "postgres")
                #expect(admin.status == 0)
            }
        }
    }

    @Test("the server and its pooler from the configuration; the client behind PgBouncer is shown, found and ended")
    func throughPooler() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "ops"], users: ["app": "", "ops": ""])
            let configuration = try directory.write(
                """
                targets:
                  - {name: main, cluster: orders, dsn: "\(server.dsn(user: "ops"))"}
                  - {name: other, cluster: other, dsn: "\(server.dsn(user: "ops"))"}
                  - {name: pool, cluster: orders, kind: pgbouncer, dsn: "\(bouncer.dsn(user: "ops"))"}
                """, to: "poolscope.yml")
            let client = ServerClients.Client(
                "checkout", bouncer.dsn(database: "shop", user: "app"), "BEGIN", "SELECT 'through'")
            try await ServerClients.with([client], on: server) {
                func run(_ arguments: String...) async throws -> Tool.Outcome {
                    try await runTool(ProductsDirectory.poolscope, arguments + ["--config", configuration])
                }
                let many = try await run("sessions")
                #expect(many.status == 2 && many.error.contains("choose one: main, other"), "\(many.error)")
                let pooler = try await run("sessions", "--target", "pool")
                #expect(pooler.status == 2 && pooler.error.contains("pool is a PgBouncer"))
                let typo = try await run("sessions", "--target", "mian")
                #expect(typo.status == 2 && typo.error.contains("did you mean “main”?"))

                let shown = try await run("sessions", "--target", "main", "--application", "checkout")
                #expect(shown.output.contains("BEHIND POOLER") && shown.output.contains("checkout 127.0.0.1"))
                let stranger = try await run("sessions", "--target", "other")
                #expect(!stranger.output.contains("BEHIND POOLER"), "it is no pooler of that cluster")
                let ended = try await run(
                    "terminate", "--target", "main", "--client", "127.0.0.1", "--idle-in-transaction", "--yes",
                    "--wait", "60s")
                #expect(ended.status == 0, "\(ended.error)")
                #expect(ended.error.contains(#""behind_pooler":{"application":"checkout""#))
            }
        }
    }
}
