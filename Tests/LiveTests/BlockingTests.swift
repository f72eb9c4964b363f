import Demo
import TestSupport
import Testing

@Suite("Blocking on a real server")
struct LiveBlockingTests {
    private func asked(_ metrics: MetricsText) -> Double? {
        metrics.series("poolscope_samples_total", ["collector": "blocking", "outcome": "ok"])
    }

    @Test("three sessions in a row on row locks: two blocked, one root by name, the longest wait within a second")
    func chain() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute(
                """
                CREATE TABLE stock (id int PRIMARY KEY, n int); INSERT INTO stock VALUES (1, 0), (2, 0);
                GRANT ALL ON stock TO app;
                """, database: "shop")
            let arguments = ["serve", "--postgres", server.dsn(user: "poolscope"), "--interval", "250ms"] + listen
            try await withPoolscope(arguments) { poolscope in
                // Nobody waits: zeros, and nothing is asked.
                try await withPsql(server, application: "idler", script: "SELECT pg_sleep(100)") {
                    try await poolscope.metrics("five ticks") {
                        ($0.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0) >= 5
                    }
                    let quiet = try await poolscope.metrics("the session is seen") {
                        $0.series("poolscope_blocked_sessions", ["datname": "shop"]) == 0
                    }
                    #expect(quiet.series("poolscope_blocking_sessions", ["datname": "shop"]) == 0)
                    #expect(quiet.series("poolscope_longest_block_seconds", ["datname": "shop"]) == 0)
                    #expect(quiet.all("poolscope_blocker_info").isEmpty)
                    #expect(asked(quiet) == 0)

                    try await chained(server) {
                        let metrics = try await poolscope.metrics("both are blocked") {
                            $0.series("poolscope_blocked_sessions", ["datname": "shop"]) == 2
                                && $0.series("poolscope_blocking_sessions", ["datname": "shop"]) == 1
                        }
                        #expect((asked(metrics) ?? 0) >= 1)
                        #expect(metrics.all("poolscope_blocker_info").count == 1)
                        let root = ["application_name": "root", "datname": "shop", "usename": "app"]
                        #expect(metrics.series("poolscope_blocker_info", root) == 1)
                        let labels = try #require(metrics.all("poolscope_blocker_info").first?.labels)
                        #expect(labels["client_application"] == "root" && labels["client_address"] == "127.0.0.1")
                        #expect(metrics.series("poolscope_blocker_blocked_sessions", root) == 2)

                        let waited = try await poolscope.metrics("it has waited for over three seconds") {
                            ($0.series("poolscope_longest_block_seconds", ["datname": "shop"]) ?? 0) > 3
                        }
                        let truth = try await server.execute(
                            "SELECT extract(epoch FROM clock_timestamp() - min(waitstart)) FROM pg_locks")
                        let longest = waited.series("poolscope_longest_block_seconds", ["datname": "shop"])
                        // The figure is that of the last tick; the oracle came after it.
                        #expect(abs((longest ?? 0) - (Double(truth) ?? 0)) < 1)
                    }
                    let after = try await poolscope.metrics("the chain is gone") {
                        $0.series("poolscope_blocked_sessions", ["datname": "shop"]) == 0
                            && $0.series("poolscope_longest_block_seconds", ["datname": "shop"]) == 0
                    }
                    #expect(after.all("poolscope_blocker_info").isEmpty)
                    let ticks =
                        after.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0
                    let later = try await poolscope.metrics("three more ticks") {
                        ($0.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0)
                            >= ticks + 3
                    }
                    #expect(asked(later) == asked(after))
                }
            }
        }
    }

    /// `root` holds row 1; `middle` holds row 2 and waits for row 1; `last` waits for row 2.
    private func chained(_ server: PrivatePostgres, _ body: () async throws -> Void) async throws {
        func update(_ row: Int) -> String { "UPDATE stock SET n = n + 1 WHERE id = \(row)" }
        try await withPsql(
            server, application: "root", script: "BEGIN; \(update(1)); SELECT pg_sleep(100)"
        ) {
            try await eventually("root holds its row") { try await holds(server, "root") }
            try await withPsql(server, application: "middle", script: "BEGIN; \(update(2)); \(update(1))") {
                try await eventually("middle waits") { try await waits(server, "middle") }
                try await withPsql(server, application: "last", script: update(2)) {
                    try await eventually("last waits") { try await waits(server, "last") }
                    try await body()
                    // A backend that sleeps or waits does not notice that its client is gone.
                    _ = try await server.execute(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name IN ('root', 'middle', 'last')
                        """)
                }
            }
        }
    }

    private func holds(_ server: PrivatePostgres, _ application: String) async throws -> Bool {
        try await server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(application)' AND wait_event = 'PgSleep'"
        )
            == "1"
    }

    private func waits(_ server: PrivatePostgres, _ application: String) async throws -> Bool {
        try await server.execute(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = '\(application)' AND wait_event_type = 'Lock'
            """) == "1"
    }

    @Test("a prepared transaction and an idle one in the way are told as what they are")
    func idle() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, settings: ["max_prepared_transactions": "2"])
            _ = try await server.execute(
                """
                CREATE TABLE stock (id int PRIMARY KEY); INSERT INTO stock VALUES (1), (2); GRANT ALL ON stock TO app;
                BEGIN; DELETE FROM stock WHERE id = 1; PREPARE TRANSACTION 'left';
                """, database: "shop")
            // psql runs what it reads from a pipe as it comes, and waits for more within the transaction.
            let idler = #"{ echo "BEGIN; DELETE FROM stock WHERE id = 2;"; sleep 60; } | psql -X -q -d "$1""#
            let dsn = server.dsn(database: "shop", user: "app") + " application_name=idler"
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do { _ = try await runTool("sh", ["-c", idler, "sh", dsn]) } catch is CancellationError {}
                }
                defer { group.cancelAll() }
                try await eventually("the idler holds its row") {
                    try await server.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == "1"
                }
                try await withPsql(server, application: "one", script: "DELETE FROM stock WHERE id = 1") {
                    try await withPsql(server, application: "two", script: "DELETE FROM stock WHERE id = 2") {
                        try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) {
                            poolscope in
                            let metrics = try await poolscope.metrics("both roots are told") {
                                $0.all("poolscope_blocker_info").count == 2
                            }
                            #expect(metrics.series("poolscope_blocking_sessions", ["datname": "shop"]) == 2)
                            let prepared = ["state": "prepared transaction", "datname": "shop"]
                            #expect(metrics.series("poolscope_blocker_blocked_sessions", prepared) == 1)
                            let idler = ["state": "idle in transaction", "application_name": "idler"]
                            #expect(metrics.series("poolscope_blocker_blocked_sessions", idler) == 1)
                            try await poolscope.metrics("it is an offender, too") {
                                ($0.series(
                                    "poolscope_idle_in_transaction_offender_seconds", ["client_application": "idler"])
                                    ?? 0) > 1
                            }
                        }
                    }
                }
            }
        }
    }
}
