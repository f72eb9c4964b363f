import Demo
import TestSupport
import Testing

@Suite("Seeing through the pooler")
struct ThroughPoolerTests {
    /// A session through the pooler's unix socket, held open by psql while `body` runs.
    private func withClient(
        _ application: String, of bouncer: PrivatePgBouncer, in directory: PrivateDirectory, script: String,
        _ body: () async throws -> Void
    ) async throws {
        let dsn =
            "host=\(directory.path) port=\(bouncer.port) dbname=shop user=app application_name=\(application)"
        // A session of psql that reads its script from a pipe that stays open keeps its transaction open.
        let command = #"{ echo "\#(script)"; sleep 60; } | psql -X -q -d "$1""#
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    _ = try await runTool("sh", ["-c", command, "sh", dsn], timeout: .seconds(120))
                } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test("a blocker and an idle transaction carry the client's application and address behind PgBouncer")
    func offenders() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, n int); INSERT INTO stock VALUES (1, 0); "
                    + "GRANT ALL ON stock TO app", database: "shop")
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            let configuration = try directory.write(
                """
                listen: "127.0.0.1:0"
                interval: 500ms
                targets:
                  - {name: server, cluster: orders, dsn: "\(server.dsn(user: "poolscope"))"}
                  - {name: pooler, cluster: orders, kind: pgbouncer, dsn: "\(bouncer.dsn(user: "poolscope"))"}
                  - {name: stranger, cluster: other, dsn: "\(server.dsn(user: "poolscope"))"}
                """, to: "poolscope.yml")
            let update = "UPDATE stock SET n = n + 1 WHERE id = 1;"
            try await withClient("checkout", of: bouncer, in: directory, script: "BEGIN; \(update)") {
                try await eventually("checkout is idle in transaction") {
                    try await server.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == "1"
                }
                try await withClient("reports", of: bouncer, in: directory, script: update) {
                    try await withPoolscope(["serve", "--config", configuration, "--log-level", "debug"]) { poolscope in
                        let root = [
                            "target": "server", "datname": "shop", "client_application": "checkout",
                            "client_address": "unix", "state": "idle in transaction",
                        ]
                        let metrics = try await poolscope.metrics("the root blocker is known by its client") {
                            $0.series("poolscope_blocker_info", root) == 1
                        }
                        #expect(metrics.series("poolscope_blocker_blocked_sessions", root) == 1)
                        #expect(
                            metrics.series("poolscope_blocked_sessions", ["target": "server", "datname": "shop"]) == 1)
                        let offender = ["target": "server", "client_application": "checkout", "client_address": "unix"]
                        try await poolscope.metrics("it is known how long checkout has been idle") {
                            ($0.series("poolscope_idle_in_transaction_offender_seconds", offender) ?? 0) > 1
                        }
                        // A server of another cluster does not know the pooler: it shows the pooler's own end.
                        let stranger = try await poolscope.metrics("the other target sees the blocker, too") {
                            $0.sum("poolscope_blocker_info", ["target": "stranger"]) == 1
                        }
                        #expect(
                            stranger.series(
                                "poolscope_blocker_info", ["target": "stranger", "client_address": "127.0.0.1"]) == 1)
                    }
                }
            }
        }
    }
}
