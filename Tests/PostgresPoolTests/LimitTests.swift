import ConnectionPool
import Demo
import Locking
import Postgres
import PostgresPool
import TestSupport
import Testing

@Suite("a pool at its limits", .privatePostgres(), .timeLimit(.minutes(10)))
struct LimitTests {
    private let server = PrivatePostgres.current!

    /// Counts what the pool could not open.
    private struct Failures: PoolObserver {
        let count = Guarded(0)
        func openFailed(_ error: any Error, after duration: Duration) { count.withLock { $0 += 1 } }
    }

    @Test("a role without a free connection: the error names the cause, and the server is not stormed")
    func noneFree() async throws {
        _ = try await server.execute("CREATE ROLE nil LOGIN CONNECTION LIMIT 0")
        let failures = Failures()
        try await withPool(
            server.target("user=nil dbname=postgres"), observer: failures,
            configure: { $0.pool.acquireTimeout = .seconds(20) }
        ) { pool in
            let codes = await withTaskGroup(of: PoolError.Code?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let error = await failure(PoolError.self) { try await pool.withConnection { _ in } }
                        let cause = error?.underlying as? PostgresError
                        #expect(cause?.kind == .tooManyConnections && cause?.sqlState == .tooManyConnections)
                        #expect(error?.message.contains("too many connections for role \"nil\"") == true)
                        return error?.code
                    }
                }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(codes.isSubset(of: [.cannotConnect, .acquireTimeout]))
            #expect(failures.count.withLock { (1...6).contains($0) })
        }
    }

    @Test("a role with fewer connections than the pool may have: who waits gets the next that is free, or the cause")
    func fewerThanMaximum() async throws {
        _ = try await server.execute("CREATE ROLE two LOGIN CONNECTION LIMIT 2")
        try await withPool(
            server.target("user=two dbname=postgres"), configure: { $0.pool.acquireTimeout = .seconds(5) }
        ) { pool in
            try await pool.withConnection { first in
                let error = try await pool.withConnection { second in
                    let pids = try await [first.pid(), second.pid()]
                    #expect(pids[0] != pids[1])
                    return await failure(PoolError.self) { try await pool.withConnection { _ in } }
                }
                #expect(error?.code == .acquireTimeout)
                #expect((error?.underlying as? PostgresError)?.sqlState == .tooManyConnections)
                let again = try await pool.withConnection { try await $0.value("SELECT 1") }
                #expect(again == "1")
            }
        }
    }

    @Test("the server never sees more connections than the maximum, whatever the leases do")
    func maximum() async throws {
        let watcher = try await server.connect()
        let isDone = Guarded(false)
        let server = server
        try await withPool(
            server.target(),
            configure: {
                $0.pool.maximum = 4
                $0.pool.acquireTimeout = .seconds(60)
                $0.applicationName = "limited"
            }
        ) { pool in
            async let working: Void = {
                defer { isDone.withLock { $0 = true } }
                await withDiscardingTaskGroup { group in
                    for number in 0..<200 {
                        group.addTask { await lease(number, of: pool) }
                    }
                }
            }()
            var most = 0
            while !isDone.withLock({ $0 }) {
                let count = try await watcher.query(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'limited'", timeout: .seconds(10)
                ).rowCount
                most = max(most, count)
                #expect(count <= 4)
            }
            await working
            #expect(most > 0)
            #expect(pool.statistics.used == 0 && pool.statistics.pending == 0)
        }
        try await eventually("no connection is left on the server") {
            try await watcher.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'limited'", timeout: .seconds(10)
            ).rowCount == 0
        }
    }
}

/// None of these ends a connection.
private func lease(_ number: Int, of pool: PostgresPool) async {
    switch number % 4 {
    case 0: _ = try? await pool.withConnection { try await $0.query("SELECT pg_sleep(0.005)") }
    case 1: _ = try? await pool.withConnection { try await $0.query("SELECT 1/0") }
    case 2:
        _ = try? await pool.withConnection { try await $0.query("SELECT pg_sleep(5)", timeout: .milliseconds(10)) }
    default: _ = try? await pool.withTransaction { try await $0.query("SELECT no_such_column") }
    }
}
