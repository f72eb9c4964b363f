import ConnectionPool
import Demo
import Exposition
import Locking
import PoolMetrics
import Postgres
import PostgresPool
import TestSupport
import Testing

@Suite("The metrics of a pool against the server's own figures")
struct PoolMetricsLiveTests {
    private struct Thrown: Error {}

    /// Notes where leaked leases were taken.
    private struct LeakList: PoolObserver {
        let origins = Guarded<Set<LeaseOrigin>>([])
        func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) {
            _ = origins.withLock { $0.insert(lease) }
        }
    }

    @Test("they add up although backends are terminated, statements given up, tasks cancelled and leases held for long")
    func addsUp() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            var configuration = PostgresPoolConfiguration(name: "orders")
            configuration.pool.maximum = 4
            configuration.pool.acquireTimeout = .milliseconds(150)
            configuration.pool.leakThreshold = .milliseconds(200)
            let metrics = PoolMetrics(pool: "orders")
            let leaks = LeakList()
            let pool = try PostgresPool(
                ConnectionString(parsing: server.dsn(database: "shop", user: "app")), configuration: configuration,
                observer: PoolObservers([metrics, leaks]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pool.run() }
                let asked = try await load(pool, server)
                let leakedAt = #line + 1
                try await pool.withConnection { _ = try await $0.query("SELECT pg_sleep(0.5)") }
                try await eventually("the pool is at rest") {
                    let now = pool.statistics
                    return now.used + now.busy + now.opening + now.pending == 0
                }
                try await check(metrics, pool, server, asked: asked + 1)
                #expect(leaks.origins.withLock { $0 }.contains(LeaseOrigin(fileID: #fileID, line: leakedAt)))
                group.cancelAll()
            }
            let page = try page(metrics, pool)
            #expect(page.sum("poolscope_pool_connections") == 0)
            #expect(
                page.sum("poolscope_client_pool_connections_closed_total")
                    == page.sum("poolscope_client_pool_connections_opened_total"))
        }
    }

    /// Returns how often a connection was asked for.
    private func load(_ pool: PostgresPool, _ server: PrivatePostgres) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<30 {
                group.addTask {
                    for round in 0..<10 { try? await self.lease(pool, kind: (task + round) % 5) }
                }
            }
            for _ in 0..<10 {
                _ = try await server.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE usename = 'app' AND state = 'active' LIMIT 1
                    """)
            }
            try await group.waitForAll()
        }
        return 300
    }

    private func lease(_ pool: PostgresPool, kind: Int) async throws {
        switch kind {
        case 0: try await pool.withConnection { _ = try await $0.query("SELECT 1") }
        case 1: try await pool.withTransaction { _ = try await $0.query("SELECT 1") }
        case 2:
            try await pool.withConnection { _ = try await $0.query("SELECT pg_sleep(9)", timeout: .milliseconds(40)) }
        case 3:
            try await pool.withTransaction { connection in
                _ = try await connection.query("SELECT 1")
                throw Thrown()
            }
        default:
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.withConnection { _ = try await $0.query("SELECT pg_sleep(9)") } }
                try await Task.sleep(for: .milliseconds(30))
                group.cancelAll()
            }
        }
    }

    private func page(_ metrics: PoolMetrics, _ pool: PostgresPool) throws -> MetricsText {
        try MetricsText(
            parsing: String(decoding: TextEncoder.encode(metrics.snapshot(pool.statistics)), as: UTF8.self))
    }

    private func check(
        _ metrics: PoolMetrics, _ pool: PostgresPool, _ server: PrivatePostgres, asked: Int
    ) async throws {
        let page = try page(metrics, pool)
        func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double {
            try #require(page.sum(name, labels), "\(name)")
        }
        let acquired = try value("poolscope_client_pool_leases_acquired_total")
        #expect(acquired == (try value("poolscope_client_pool_leases_released_total")))
        #expect(acquired + (try value("poolscope_client_pool_leases_refused_total")) == Double(asked))
        #expect(try value("db_client_connection_count", ["state": "used"]) == 0)
        #expect(try value("db_client_connection_wait_time_seconds_count") == acquired)
        #expect(try value("db_client_connection_use_time_seconds_count") == acquired)

        let idle = try value("db_client_connection_count", ["state": "idle"])
        let opened = try value("poolscope_client_pool_connections_opened_total")
        #expect(idle >= 1)
        #expect(opened - (try value("poolscope_client_pool_connections_closed_total")) == idle)
        #expect(try value("db_client_connection_create_time_seconds_count") == opened)
        #expect(try value("poolscope_client_pool_leases_leaked_total") >= 1)
        try await eventually("the server has as many sessions") {
            try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'")
        } is: {
            $0 == "\(Int(idle))"
        }
    }
}
