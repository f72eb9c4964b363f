import Demo
import TestSupport
import Testing

@Suite("A budget on the watched server", .timeLimit(.minutes(10)))
struct ServerBudgetTests {
    private static let pool = ["pooler": "server"]
    private static let busy = ["pooler": "server", "state": "busy"]

    /// The agent's arguments with a budget, at ten ticks a second.
    private func arguments(_ directory: PrivateDirectory, _ server: PrivatePostgres, budget: String) throws -> [String]
    {
        let file = try directory.write(
            """
            interval: 100ms
            server_budget: \(budget)
            targets:
            - dsn: "\(server.dsn(user: "poolscope"))"
            """, to: "poolscope.yml")
        return ["serve", "--config", file] + listen
    }

    private func interval(_ metrics: MetricsText) -> Double {
        metrics.series("poolscope_sampling_interval_seconds", ["collector": "activity"]) ?? 0
    }

    private func saturations(_ metrics: MetricsText) -> Double {
        metrics.series("poolscope_pool_saturation_sampled_ratio_count", Self.pool) ?? 0
    }

    private func samples(_ metrics: MetricsText, _ collector: String) -> Double {
        metrics.series("poolscope_samples_total", ["collector": collector, "outcome": "ok"]) ?? 0
    }

    @Test(
        "beyond it the interval is stretched and said, the slots are counted at every tick, and raised it is as before")
    func stretched() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            // What cannot be stretched takes about as much as this alone.
            let poor = try await withPoolscope(try arguments(directory, server, budget: "0.1 %")) { poolscope in
                let first = try await poolscope.metrics("the interval is stretched") {
                    interval($0) > 0.1
                }
                #expect(first.series("poolscope_server_budget_ratio") == 0.001)
                #expect(first.sum("poolscope_server_cost_ratio") ?? 0 > 0)
                #expect(first.series("poolscope_sampling_interval_seconds", ["collector": "backend_count"]) == 0.1)
                let later = try await poolscope.metrics("the slots were seen fifty times") {
                    saturations($0) >= saturations(first) + 50
                }
                #expect(samples(later, "backend_count") > samples(first, "backend_count") + 30)
                #expect(samples(later, "activity") < samples(first, "activity") + 20)
                #expect(later.series("pg_up") == 1)
                // A session that comes is counted although nobody has looked at it yet.
                let before = try #require(later.series("poolscope_pool_connections", Self.busy))
                try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100)") {
                    try await poolscope.metrics("one slot more is taken", within: .seconds(10)) {
                        $0.series("poolscope_pool_connections", Self.busy) == before + 1
                    }
                }
            }
            #expect(poor.output.contains("keeps within server_budget"))
            try await withPoolscope(try arguments(directory, server, budget: "100 %")) { poolscope in
                let metrics = try await poolscope.metrics("thirty samples") { samples($0, "activity") >= 30 }
                #expect(interval(metrics) == 0.1)
                #expect(samples(metrics, "backend_count") == 0)
                let cost = try #require(metrics.series("poolscope_server_cost_ratio", ["collector": "activity"]))
                #expect(0.000_5...0.5 ~= cost)
            }
        }
    }

    @Test(
        "the count of backends is that of the slots, workers and replication told apart", arguments: PostgresVersion.all
    )
    func counts(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            // Whatever a sample's workers were, they stay: none is to come or go between.
            let server = try await startServer(
                in: directory, settings: ["autovacuum": "off", "wal_level": "logical", "max_wal_senders": "5"],
                version: version)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                func replicate(_ command: String) {
                    group.addTask {
                        do {
                            _ = try await runTool("sh", ["-c", command], timeout: .seconds(120))
                        } catch is CancellationError {}
                    }
                }
                // Both keep a session that is no slot of a client: one with a database, one without.
                let logical = server.dsn(database: "shop") + " replication=database"
                let physical = server.dsn(database: "shop") + " replication=true"
                replicate("sleep 100 | psql -X -q -d '\(logical)'")
                replicate("sleep 100 | psql -X -q -d '\(physical)'")
                try await eventually("both are there") {
                    try await server.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'") == "2"
                }
                try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100)") {
                    try await withPoolscope(try arguments(directory, server, budget: "0.01 %")) { poolscope in
                        let metrics = try await poolscope.metrics(
                            "slots are counted between samples"
                        ) {
                            samples($0, "backend_count") >= 5
                        }
                        #expect(samples(metrics, "activity") < samples(metrics, "backend_count") + 20)
                        // The holder and the agent, once it has closed what it opened for a slow read; psql's own
                        // session is in what psql says.
                        try await eventually("the slots are the clients that psql counts") {
                            let clients = try await server.execute(
                                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
                            let backends = try await server.execute("SELECT sum(numbackends) FROM pg_stat_database")
                            let busy = try await poolscope.metrics().series("poolscope_pool_connections", Self.busy)
                            return busy == 2 && clients == "3" && backends == "4"
                        }
                    }
                }
            }
        }
    }
}
