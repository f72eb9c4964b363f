import Demo
import TestSupport
import Testing

/// The time-outs of the document, and its statements that end what they do not.
@Suite("Time-outs and endings, as docs/connection-management.md has them", .timeLimit(.minutes(20)))
struct TimeoutProofTests {
    private let python = ExampleLanguage.python
    private let document: ManagedDocument

    init() throws {
        document = try ManagedDocument()
    }

    @Test("those of the role hold for every new session, pooled ones too; one transaction may have its own")
    func role() async throws {
        try await ManagedShop.with { shop in
            _ = try await shop.ask(document.example("role-timeouts"))
            try await python.prove(
                "timeouts", shop.app, shop.pooled,
                gives: [
                    "direct=['30s', '10s']", "pooled=['30s', '10s']", "slow=QueryCanceled 57014", "afterwards=30s",
                ])
            #expect(
                try await shop.ask("SELECT array_to_string(rolconfig, ' ') FROM pg_roles WHERE rolname = 'app'")
                    == "statement_timeout=30s lock_timeout=5s idle_in_transaction_session_timeout=60s")
            try await python.prove("older_sessions", shop.app, shop.watcher, gives: ["old=5s", "new=3s"])
        }
    }

    @Test("SET LOCAL holds until the transaction's end")
    func local() async throws {
        let statements = try document.example("local-timeout")
        try await ManagedShop.with { shop in
            let shown = "SHOW statement_timeout;\n"
            let answer = try await shop.ask(
                statements.replacing("COMMIT;\n", with: "\(shown)COMMIT;\n\(shown)")
                    + "SELECT balance FROM account WHERE name = 'ann';")
            #expect(answer == "10s\n0\n101")
        }
    }

    @Test("what idles in a transaction ends, with its locks", arguments: PostgresVersion.all)
    func idleInTransaction(version: PostgresVersion) async throws {
        try await ManagedShop.with(version: version) { shop in
            try await python.prove(
                "idle_in_transaction", shop.app, shop.watcher,
                gives: [
                    "waiter=2", "error=True", "closed=True", "left=0",
                ])
        }
    }

    @Test("waits for locks and for the pooler end, and options in the connection string are refused there")
    func refusals() async throws {
        try await ManagedShop.with(pooler: ["query_wait_timeout": "1"]) { shop in
            try await python.prove(
                "refusals", shop.app, shop.pooled, shop.watcher,
                gives: [
                    "lock=LockNotAvailable 55P03", "afterwards=1", "wait=True", "closed=True", "options=True",
                ])
        }
    }

    @Test("transaction_timeout ends the session")
    func transactionTimeout() async throws {
        try await ManagedShop.with(version: .eighteen) { shop in
            try await python.prove("transaction_timeout", shop.app, gives: ["error=True", "closed=True"])
        }
    }

    @Test(
        "cancelling ends the statement and not the session, terminating the session",
        arguments: ["cancel", "terminate"])
    func ending(_ example: String) async throws {
        let statement = try document.example(example)
        #expect(statement.contains("12345"))
        try await ManagedShop.with { shop in
            async let lines = python.output("slow_client", [shop.app])
            let process = try await eventually("the statement runs") {
                try await shop.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            } is: {
                Int($0) != nil
            }
            #expect(try await shop.ask(statement.replacing("12345", with: process)) == "t")
            #expect(
                try await lines
                    == (example == "cancel"
                        ? ["error=True", "closed=False", "afterwards=1"]
                        : ["error=True", "closed=True", "afterwards=OperationalError"]))
        }
    }

    @Test("for maintenance all sessions of the database end but one's own")
    func drain() async throws {
        let statement = try document.example("drain")
        try await ManagedShop.with { shop in
            async let lines = python.output("slow_client", [shop.app])
            let process = try await eventually("the statement runs") {
                try await shop.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            } is: {
                Int($0) != nil
            }
            #expect(try await shop.ask(statement).split(separator: "\n").contains("\(process)|t"))
            #expect(try await lines == ["error=True", "closed=True", "afterwards=OperationalError"])
            try await eventually("nobody else is there") {
                try await shop.ask(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        + "AND backend_type = 'client backend'") == "1"
            }
        }
    }
}
