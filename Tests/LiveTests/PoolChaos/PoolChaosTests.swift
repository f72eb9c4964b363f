import ConnectionPool
import Demo
import Foundation
import Locking
import PoolMetrics
import Postgres
import PostgresPool
import TestSupport
import Testing

/// Many tasks over a small pool while everything that can fail fails: what was promised is counted afterwards.
///
/// `POOL_CHAOS_SEED` chooses another order of faults and requests; `POOL_CHAOS_SECONDS` another length.
@Suite("A pool in chaos", .timeLimit(.minutes(10)))
struct PoolChaosTests {
    private static let seed = variable("POOL_CHAOS_SEED").flatMap(UInt64.init) ?? 1
    private static let time = Duration.seconds(variable("POOL_CHAOS_SECONDS").flatMap(Int.init) ?? 15)

    /// For whoever looks for a fault by a seed.
    func report(_ line: String) {
        if Self.variable("POOL_CHAOS_SEED") != nil { print(line) }
    }

    static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    @Test("1,000 tasks over 10 connections to a PostgreSQL that is terminated, restarted, suspended and crashed")
    func direct() async throws {
        try await withChaosServer { server, superuser in
            let faults = ChaosFaults(
                server: server, superuser: superuser, role: "chaos",
                deck: [
                    .terminateSome, .terminateSome, .terminateSome, .terminateSome, .terminateAll, .terminateAll,
                    .suspendBackend, .suspendBackend, .suspendBackend, .suspendServer, .suspendServer,
                    .suspendServerForLong, .fullRole, .restart, .restartAtOnce, .crash,
                ])
            var configuration = Self.configuration(maximum: 10)
            configuration.pool.waitersMaximum = 900
            configuration.resetQuery = "DISCARD ALL"
            try await run(
                tasks: 1_000, dsn: server.dsn(user: "chaos"), port: server.port, configuration, faults)
        }
    }

    @Test("200 tasks over 5 connections through PgBouncer in transaction mode, whose servers are terminated")
    func pooler() async throws {
        try await withChaosServer { server, superuser in
            // Nobody else ends the statements of a pooler that has ended itself.
            _ = try await server.execute("ALTER ROLE chaos SET statement_timeout = '3s'")
            try await withPrivateDirectory { directory in
                let pooler = try await PrivatePgBouncer.start(
                    in: directory, databases: ["postgres": "host=127.0.0.1 port=\(server.port)"],
                    settings: ["default_pool_size": "3", "server_login_retry": "1"], users: ["chaos": ""])
                let faults = ChaosFaults(
                    server: server, pooler: pooler, superuser: superuser, role: "chaos",
                    deck: Array(repeating: .terminateSome, count: 12) + [
                        .terminateAll, .terminateAll, .suspendBackend, .suspendBackend, .suspendServer, .restart,
                        .restartPooler,
                    ])
                var configuration = Self.configuration(maximum: 5)
                configuration.mode = .transactionPooler
                try await run(
                    tasks: 200, dsn: pooler.dsn(database: "postgres", user: "chaos"), port: pooler.port, configuration,
                    faults)
            }
        }
    }

    @Test("a drain while the server stands still ends within its bounds, and leases that end later leave nothing")
    func drain() async throws {
        try await withChaosServer { server, superuser in
            let metrics = PoolMetrics(pool: "chaos")
            let pool = try PostgresPool(
                ConnectionString(parsing: server.dsn(user: "chaos")), configuration: Self.configuration(maximum: 10),
                observer: metrics)
            let work = ChaosWork(pool: pool)
            let isOver = Guarded(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pool.run() }
                for number in 0..<200 {
                    group.addTask { await work.run(task: number, seed: Self.seed) { isOver.withLock { $0 } } }
                }
                try await eventually("all connections are in use") { pool.statistics.used == 10 }
                try await server.suspend()
                let start = ContinuousClock.now
                await pool.drain(within: .milliseconds(300))
                // The bound, the second for cancelled leases, and a busy machine.
                #expect(ContinuousClock.now - start < .seconds(20))
                isOver.withLock { $0 = true }
                try await group.waitForAll()
                await server.resume()
            }
            let tally = work.tally.withLock { $0 }
            #expect(tally.wrong.isEmpty, "\(tally.wrong)")
            #expect(tally.asked == tally.answered && tally.asked == tally.begun + tally.refused.values.reduce(0, +))
            #expect(tally.refused[.shutdown] ?? 0 > 0)
            let faults = ChaosFaults(server: server, superuser: superuser, role: "chaos", deck: [])
            try await end(metrics, pool, port: server.port, faults)
        }
    }

    // MARK: Before

    private static func configuration(maximum: Int) -> PostgresPoolConfiguration {
        var configuration = PostgresPoolConfiguration(name: "chaos")
        configuration.pool.minimum = 2
        configuration.pool.maximum = maximum
        configuration.pool.acquireTimeout = .seconds(1)
        configuration.pool.openTimeout = .seconds(1)
        configuration.pool.resetTimeout = .seconds(1)
        configuration.pool.idleTimeout = .milliseconds(300)
        configuration.pool.maximumLifetime = .seconds(3)
        configuration.pool.keepAliveInterval = .milliseconds(200)
        configuration.pool.leakThreshold = .milliseconds(500)
        configuration.queryDeadline = .seconds(1)
        configuration.statementTimeout = .seconds(3)
        return configuration
    }

    private func withChaosServer(_ body: (PrivatePostgres, ConnectionString) async throws -> Void) async throws {
        try await withPrivateDirectory { directory in
            // What was committed must be there after a crash, or nothing could be told from what is there.
            let server = try await PrivatePostgres.start(in: directory, settings: ["synchronous_commit": "on"])
            _ = try await server.execute(
                "CREATE ROLE chaos LOGIN; CREATE TABLE chaos (id bigint PRIMARY KEY); GRANT ALL ON chaos TO chaos")
            try await body(
                server,
                ConnectionString(parsing: "host=\(server.socketDirectory) port=\(server.port) user=postgres"))
        }
    }

    // MARK: Chaos, calm, and the end

    private func run(
        tasks: Int, dsn: String, port: UInt16, _ configuration: PostgresPoolConfiguration, _ faults: ChaosFaults
    ) async throws {
        let metrics = PoolMetrics(pool: "chaos")
        let pool = try PostgresPool(ConnectionString(parsing: dsn), configuration: configuration, observer: metrics)
        let work = ChaosWork(pool: pool)
        let census = SessionCensus(superuser: faults.superuser, port: faults.server.port, role: faults.role, pool: pool)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            group.addTask { await census.run() }
            let dealt = try await chaos(tasks: tasks, work, faults)
            try await rest(work, metrics, pool, census, faults)
            #expect(Set(dealt.keys).isSuperset(of: faults.deck))
            report("faults \(dealt.map { "\($0.key): \($0.value)" }.sorted())")
            await pool.drain(within: .seconds(5))
            group.cancelAll()
        }
        try await end(metrics, pool, port: port, faults)
    }

    /// Returns when every task has ended.
    private func chaos(
        tasks: Int, _ work: ChaosWork, _ faults: ChaosFaults
    ) async throws -> [ChaosFaults.Fault: Int] {
        let isOver = Guarded(false)
        let seed = Self.seed
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<tasks {
                group.addTask { await work.run(task: number, seed: seed) { isOver.withLock { $0 } } }
            }
            defer { isOver.withLock { $0 = true } }
            let dealt = try await faults.run(seed: seed, for: Self.time)
            // The calm, in which the pool must find back to work.
            try await Task.sleep(for: .seconds(3))
            isOver.withLock { $0 = true }
            let stop = ContinuousClock.now
            try await group.waitForAll()
            // For a connection, its statement, the cancelling and the rollback.
            #expect(ContinuousClock.now - stop < .seconds(30), "the tasks end")
            return dealt
        }
    }
}
