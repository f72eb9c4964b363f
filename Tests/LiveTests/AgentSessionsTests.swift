import Demo
import Locking
import TestSupport
import Testing

@Suite("The agent's own sessions", .timeLimit(.minutes(10)))
struct AgentSessionsTests {
    /// A server whose pg_stat_statements takes two seconds to read.
    private func startSlowServer(in directory: PrivateDirectory) async throws -> PrivatePostgres {
        let server = try await startServer(
            in: directory, settings: ["shared_preload_libraries": "pg_stat_statements", "compute_query_id": "on"])
        _ = try await server.execute(
            """
            CREATE EXTENSION pg_stat_statements;
            ALTER FUNCTION pg_stat_statements(boolean) RENAME TO quick_statements;
            CREATE FUNCTION pg_stat_statements(showtext boolean) RETURNS SETOF pg_stat_statements LANGUAGE plpgsql
            SECURITY DEFINER AS 'BEGIN PERFORM pg_sleep(2); RETURN QUERY SELECT * FROM quick_statements(showtext); END';
            """)
        return server
    }

    private func sessions(on server: PrivatePostgres) async throws -> Int {
        Int(
            try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'poolscope'"))
            ?? -1
    }

    @Test("a slow collector gets a session of its own while the ticks go on; there are never more than two")
    func slowCollector() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSlowServer(in: directory)
            // A read of two seconds is beyond every budget.
            let file = try directory.write(
                "{server_budget: off, targets: [{dsn: \"\(server.dsn(user: "poolscope"))\"}]}", to: "poolscope.yml")
            try await withPoolscope(["serve", "--config", file] + listen) { poolscope in
                try await poolscope.reaches("up")
                try await eventually("the slow collector has a session of its own") {
                    try await sessions(on: server) == 2
                }
                let ok = { (collector: String, page: MetricsText) in
                    page.series("poolscope_samples_total", ["collector": collector, "outcome": "ok"]) ?? 0
                }
                let before = try await poolscope.metrics()
                var most = 0
                let after = try await eventually(
                    "three slow reads and as many ticks as there were seconds"
                ) {
                    most = max(most, try await sessions(on: server))
                    return try await poolscope.metrics()
                } is: {
                    ok("statements", $0) >= ok("statements", before) + 3
                }
                #expect(most == 2)
                // Each of the three took two seconds, and two ticks at least went by.
                #expect(ok("activity", after) >= ok("activity", before) + 6)
                #expect(after.series("poolscope_target_up") == 1)
                #expect(after.series("poolscope_samples_total", ["collector": "activity", "outcome": "skipped"]) == 0)
                #expect(after.series("db_client_connection_max") == 2)
                let own = after.all("pg_stat_activity_count").filter {
                    $0.labels["application_name"] == "poolscope" && $0.value > 0
                }
                #expect(own.isEmpty, "neither session is among the sessions that are watched")
                // Quick again, one session is enough.
                _ = try await server.execute(
                    """
                    DROP FUNCTION pg_stat_statements(boolean);
                    ALTER FUNCTION quick_statements RENAME TO pg_stat_statements;
                    """)
                try await eventually("the second session is closed") {
                    try await sessions(on: server) == 1
                }
                let page = try await poolscope.metrics("it is counted") {
                    ($0.series("poolscope_client_pool_connections_closed_total", ["reason": "idle"]) ?? 0) >= 1
                }
                let opened = page.series("poolscope_client_pool_connections_opened_total") ?? 0
                let closed = page.sum("poolscope_client_pool_connections_closed_total") ?? 0
                #expect(opened - closed == 1)
            }
        }
    }

    @Test("when both sessions are lost, the next one begins anew: settings and all the rest are read again")
    func bothLost() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSlowServer(in: directory)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                let settings = { (page: MetricsText) in
                    page.series("poolscope_samples_total", ["collector": "settings", "outcome": "ok"]) ?? 0
                }
                for round in 1...3 {
                    try await poolscope.metrics("settings were read, and will not be for half a minute") {
                        settings($0) == Double(round)
                    }
                    try await eventually("the slow collector has a session of its own") {
                        try await sessions(on: server) == 2
                    }
                    _ = try await server.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'poolscope'")
                }
                try await poolscope.metrics("and once more") { settings($0) == 4 }
            }
        }
    }

    @Test("faults one after another never lead to more than two sessions, and one is left")
    func faults() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let most = Guarded(0)
            try await withPoolscope(
                ["serve", "--postgres", server.dsn(user: "poolscope"), "--interval", "200ms"] + listen
            ) { poolscope in
                try await poolscope.reaches("up")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while !Task.isCancelled {
                            // A server that is just being restarted has none.
                            if let count = try? await sessions(on: server) { most.withLock { $0 = max($0, count) } }
                            do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
                        }
                    }
                    for round in 1...5 {
                        _ = try await server.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'poolscope'"
                        )
                        try await poolscope.metrics("the pool has noticed it, and sampling goes on") {
                            let broken = ["reason": "broken"]
                            return ($0.series("poolscope_client_pool_connections_closed_total", broken) ?? 0)
                                >= Double(round)
                                && $0.series("poolscope_target_up") == 1
                        }
                    }
                    try await server.stop()
                    try await poolscope.reaches("refused")
                    try await server.start()
                    try await poolscope.reaches("up")
                    group.cancelAll()
                }
                #expect(most.withLock { $0 } == 1, "no collector was slow")
                #expect(try await sessions(on: server) == 1)
            }
        }
    }
}
