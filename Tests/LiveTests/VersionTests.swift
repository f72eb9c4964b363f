import Demo
import TestSupport
import Testing

@Suite("Versions of PostgreSQL")
struct VersionTests {
    @Test("no source fails, and every column is known", arguments: PostgresVersion.all)
    func sources(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            _ = try await server.execute("CREATE TABLE stock (n int); GRANT ALL ON stock TO app", database: "shop")
            let lock = "BEGIN; LOCK TABLE stock; SELECT pg_sleep(100)"
            try await withPsql(server, application: "holder", script: lock) {
                // What is asked only while some session waits for a lock is asked, too.
                try await withPsql(server, application: "waiter", script: "SELECT * FROM stock") {
                    try await allSourcesAnswer(server)
                }
            }
        }
    }

    private func allSourcesAnswer(_ server: PrivatePostgres) async throws {
        try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
            let metrics = try await poolscope.metrics("five ticks have passed") {
                ($0.series("poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) ?? 0) >= 5
            }
            for series in metrics.all("poolscope_samples_total", [:]) where series.labels["outcome"] != "ok" {
                #expect(series.value == 0, "\(series.labels)\n\(poolscope.output)")
            }
            for series in metrics.all("poolscope_unknown_columns", [:]) {
                #expect(series.value == 0, "\(series.labels)")
            }
            #expect(metrics.series("poolscope_samples_total", ["collector": "databases", "outcome": "ok"]) == 1)
            #expect(metrics.sum("poolscope_connections", ["application_name": "waiter"]) == 1)
        }
    }

    @Test(
        "reserved_connections are not for everybody, and workers take no slot",
        arguments: PostgresVersion.all.filter { $0 != .installed })
    func slots(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(
                in: directory, settings: ["max_connections": "20", "reserved_connections": "5"], version: version)
            try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100)") {
                try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                    let metrics = try await poolscope.metrics("a sample has seen the holder") {
                        $0.sum("poolscope_connections", ["application_name": "holder"]) == 1
                    }
                    #expect(metrics.series("poolscope_pool_size", ["pooler": "server"]) == 12)
                    let busy = ["pooler": "server", "state": "busy"]
                    #expect(metrics.series("poolscope_pool_connections", busy) == 2, "the holder and ourselves")
                    #expect(metrics.sum("poolscope_connections") == 2)
                    let workers = metrics.sum("pg_stat_activity_count", ["backend_type": "io worker"])
                    #expect(version == .eighteen ? (workers ?? 0) > 0 : workers == nil)
                }
            }
        }
    }
}
