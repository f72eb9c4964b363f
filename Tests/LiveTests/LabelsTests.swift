import Demo
import TestSupport
import Testing

@Suite("Labels, budgets and churn on a real server")
struct LabelsTests {
    @Test("names of many sessions are rewritten and folded as the file says, and what was folded is counted")
    func labels() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let file = try directory.write(
                """
                listen: "127.0.0.1:0"
                interval: 200ms
                series_limit: 3
                labels:
                  - {label: application_name, regex: 'web-[0-9a-f]+-(\\w+)', replacement: web-$1}
                  - {label: usename, action: drop, regex: app}
                targets:
                  - name: main
                    dsn: "\(server.dsn(user: "poolscope"))"
                """, to: "poolscope.yml")
            let names = ["web-7f9c-shop", "web-55d1-shop", "web-0a-shop"] + (0..<6).map { "job-\($0)" }
            try await withSessions(server, names) {
                try await withPoolscope(["serve", "--config", file, "--log-level", "debug"]) { poolscope in
                    let shop = ["datname": "shop", "usename": "app"]
                    let metrics = try await poolscope.metrics("all sessions are counted") { metrics in
                        metrics.sum("poolscope_connections", ["datname": "shop"]) == 9
                    }
                    #expect(metrics.sum("poolscope_connections", shop) == nil, "the role is dropped")
                    let web = ["datname": "shop", "application_name": "web-shop", "usename": ""]
                    #expect(metrics.sum("poolscope_connections", web) == 3)
                    let series = metrics.all("poolscope_connections")
                    #expect(series.count { $0.labels["application_name"] != "other" } <= 3)
                    // web-shop has the first place; two of poolscope itself and the jobs have the others, and keep them
                    // when they are in another state.
                    let other = metrics.sum(
                        "poolscope_connections", ["application_name": "other", "datname": "shop", "usename": "other"])
                    #expect(4...6 ~= other ?? 0)
                    let folded = ["family": "poolscope_connections"]
                    let before = try #require(metrics.series("poolscope_series_folded_total", folded))
                    #expect(before >= 4)
                    try await poolscope.metrics("each tick is counted") { metrics in
                        (metrics.series("poolscope_series_folded_total", folded) ?? 0) >= before + 8
                    }
                }
            }
        }
    }

    @Test("a client that opens a connection per request is told from one that keeps its own")
    func churn() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute("CREATE DATABASE pooled")
            let arguments = ["serve", "--postgres", server.dsn(user: "poolscope")] + listen
            let ratio = "poolscope_sessions_per_transaction_ratio"
            try await withPoolscope(arguments) { poolscope in
                try await poolscope.metrics("the target is up") { $0.series("pg_up") == 1 }
                let script = try directory.write("SELECT 1;\n", to: "request.sql")
                func run(_ options: [String], database: String) async throws {
                    let result = try await runTool(
                        "pgbench",
                        options + ["-n", "-f", script, "-t", "200", server.dsn(database: database, user: "app")])
                    try #require(result.status == 0, "\(result.error)")
                }
                try await run(["-C"], database: "shop")
                try await run([], database: "pooled")
                // The view is read every ten seconds.
                let metrics = try await poolscope.metrics("both are known") { metrics in
                    ["shop", "pooled"].allSatisfy { metrics.series(ratio, ["datname": $0]) != nil }
                }
                let shop = try #require(metrics.series(ratio, ["datname": "shop"]))
                let pooled = try #require(metrics.series(ratio, ["datname": "pooled"]))
                print("sessions per transaction: pgbench -C \(shop), pgbench \(pooled)")
                #expect(shop > 0.9 && shop <= 1)
                #expect(pooled < 0.05)
            }
        }
    }

    /// Sessions of psql with these names that stay open while `body` runs.
    private func withSessions(
        _ server: PrivatePostgres, _ names: [String], _ body: () async throws -> Void
    ) async throws {
        guard let name = names.first else { return try await body() }
        try await withPsql(server, application: name, script: "SELECT pg_sleep(100)") {
            try await withSessions(server, Array(names.dropFirst()), body)
        }
    }
}
