import ConnectionPool
import Demo
import Exposition
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
@Suite("A pool in chaos", .timeLimit(.minutes(5)))
struct PoolChaosTests {
    private static let seed = variable("POOL_CHAOS_SEED").flatMap(UInt64.init) ?? 1
    private static let time = Duration.seconds(variable("POOL_CHAOS_SECONDS").flatMap(Int.init) ?? 15)

    /// For whoever looks for a fault by a seed.
    private func report(_ line: String) {
        if Self.variable("POOL_CHAOS_SEED") != nil { print(line) }
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

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
            #expect(ContinuousClock.now - stop < .seconds(10), "the tasks end")
            return dealt
        }
    }

    /// After the chaos, with the pool still at work.
    private func rest(
        _ work: ChaosWork, _ metrics: PoolMetrics, _ pool: PostgresPool, _ census: SessionCensus, _ faults: ChaosFaults
    ) async throws {
        let answer = try await pool.withConnection { try await $0.query("SELECT 42").text(row: 0, column: 0) }
        #expect(answer == "42")
        try await eventually("the pool is at rest") { pool.statistics.isAtRest }

        let tally = work.tally.withLock { $0 }
        let counts = census.counts.withLock { $0 }
        report("\(tally.summary)\n\(counts)")
        #expect(tally.wrong.isEmpty, "\(tally.wrong)")
        #expect(tally.asked == tally.answered && tally.begun == tally.ended)
        #expect(tally.asked == tally.begun + tally.refused.values.reduce(0, +))
        try reconcile(tally, metrics, pool)
        try await reconcileConnections(metrics, pool)

        #expect(counts.samples > 50 && counts.most > 1)
        #expect(counts.mostOfPool <= pool.configuration.pool.maximum)
        #expect(counts.mostHeld <= pool.configuration.pool.maximum)
        #expect(counts.above * 10 <= counts.samples, "sessions that the pool has closed end soon")
        #expect(counts.mostPending <= pool.configuration.pool.waitersMaximum)
        try await compareRows(tally, faults)
        guard faults.pooler == nil else { return }
        try await eventually("the server has as many sessions as the pool") {
            (try await sessions(faults), pool.statistics)
        } is: { sessions, now in
            now.isAtRest && sessions == now.idle
        }
    }

    private func sessions(_ faults: ChaosFaults) async throws -> Int? {
        Int(try await faults.server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(faults.role)'"))
    }

    /// The counters against what the tasks saw: one request more, the one after the chaos.
    private func reconcile(_ tally: ChaosTally, _ metrics: PoolMetrics, _ pool: PostgresPool) throws {
        let page = try page(metrics, pool)
        func value(_ name: String, _ labels: [String: String] = [:]) throws -> Int {
            Int(try #require(page.sum("poolscope_client_pool_\(name)", labels), "\(name)"))
        }
        #expect(try value("leases_acquired_total") == tally.begun + 1)
        #expect(try value("leases_released_total") == tally.begun + 1)
        for (code, label) in [
            (PoolError.Code.acquireTimeout, "acquire_timeout"), (.cannotConnect, "cannot_connect"),
            (.tooManyWaiters, "too_many_waiters"), (.cancelled, "cancelled"), (.shutdown, "shutdown"),
        ] {
            #expect(try value("leases_refused_total", ["code": label]) == tally.refused[code] ?? 0, "\(label)")
        }
    }

    /// Created = closed + open, at a moment at which the pool does nothing: its counters and its statistics are not read
    /// at once, and signs of life and ages go on.
    private func reconcileConnections(_ metrics: PoolMetrics, _ pool: PostgresPool) async throws {
        func counters() throws -> [Double?] {
            let page = try page(metrics, pool)
            return ["opened", "closed"].map { page.sum("poolscope_client_pool_connections_\($0)_total") }
        }
        var open = 0
        let quiet = try await eventually("a quiet moment of the pool") {
            let (before, now, after) = (try counters(), pool.statistics, try counters())
            open = now.idle
            return now.isAtRest && before == after ? after : nil
        } is: {
            $0 != nil
        }
        let opened = try #require(quiet?.first ?? nil)
        let closed = try #require(quiet?.last ?? nil)
        #expect(Int(opened) == Int(closed) + open)
    }

    /// What was said of transactions against what the server has.
    private func compareRows(_ tally: ChaosTally, _ faults: ChaosFaults) async throws {
        try await eventually("no transaction is left") {
            try await faults.server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chaos' AND xact_start IS NOT NULL")
        } is: {
            $0 == "0"
        }
        let output = try await faults.server.execute("SELECT id FROM chaos")
        let rows = Set(output.split(separator: "\n").compactMap { Int($0) })
        #expect(tally.committed.subtracting(rows).isEmpty, "lost, though said to be committed")
        #expect(tally.rolledBack.intersection(rows).isEmpty, "there, though said to be rolled back")
        #expect(rows.subtracting(tally.committed).isSubset(of: tally.unknown))
        #expect(tally.committed.count > 100)
    }

    /// After `drain`: nothing is left, here and on the server.
    private func end(_ metrics: PoolMetrics, _ pool: PostgresPool, port: UInt16, _ faults: ChaosFaults) async throws {
        #expect(pool.statistics.isAtRest && pool.statistics.idle == 0)
        let page = try page(metrics, pool)
        #expect(
            page.sum("poolscope_client_pool_connections_opened_total")
                == page.sum("poolscope_client_pool_connections_closed_total"))
        try await eventually("no connection is left in our process") {
            SessionCensus.localPorts(connectedTo: port).isEmpty
        }
        if let pooler = faults.pooler {
            try await eventually("no client is left in the pooler") {
                try await pooler.console("SHOW CLIENTS").filter { $0["user"] == "chaos" }.isEmpty
            }
        } else {
            try await eventually("no session is left on the server") { try await sessions(faults) == 0 }
        }
    }

    private func page(_ metrics: PoolMetrics, _ pool: PostgresPool) throws -> MetricsText {
        try MetricsText(
            parsing: String(decoding: TextEncoder.encode(metrics.snapshot(pool.statistics)), as: UTF8.self))
    }
}

extension PoolStatistics {
    /// Nobody has or wants a connection, and none is being opened, tested or closed.
    fileprivate var isAtRest: Bool { used + busy + opening + pending == 0 }
}
