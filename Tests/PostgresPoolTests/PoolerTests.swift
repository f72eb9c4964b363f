import ConnectionPool
import Demo
import Locking
import Postgres
import TestSupport
import Testing

@testable import PostgresPool

@Suite("a pool before PgBouncer", .privatePostgres(), .timeLimit(.minutes(10)))
struct PoolerTests {
    private let server = PrivatePostgres.current!

    @Test(
        "statements, transactions and signs of life, in both modes",
        arguments: [PoolMode.sessionPooler, .transactionPooler])
    func works(mode: PoolMode) async throws {
        try await server.withBouncer(mode, settings: ["default_pool_size": "2"]) { target in
            try await withPool(
                target,
                configure: {
                    $0.mode = mode
                    $0.statementTimeout = .seconds(7)
                    $0.pool.maximum = 2
                }
            ) { pool in
                try await withThrowingTaskGroup { group in
                    for number in 0..<20 {
                        group.addTask {
                            let echo = try await pool.withConnection { try await $0.value("SELECT $1", ["\(number)"]) }
                            #expect(echo == "\(number)")
                            let inside = try await pool.withTransaction { try await $0.value("SHOW statement_timeout") }
                            #expect(inside == "7s")
                        }
                    }
                    try await group.waitForAll()
                }
                // Outside of a transaction it holds where the session is ours.
                let outside = try await pool.withConnection { try await $0.value("SHOW statement_timeout") }
                #expect(outside == (mode == .sessionPooler ? "7s" : "0"))
                try await pool.withConnection { connection in
                    try await connection.keepAlive()
                    #expect(connection.condition == .usable)
                }
            }
        }
    }

    @Test("session state is refused through a transaction pooler, and allowed in a session of our own")
    func sessionState() async throws {
        for mode in [PoolMode.transactionPooler, .sessionPooler] {
            try await server.withBouncer(mode) { target in
                try await withPool(target, configure: { $0.mode = mode }) { pool in
                    try await pool.withConnection { connection in
                        for sql in ["SET work_mem = '8MB'", "LISTEN jobs", "PREPARE p AS SELECT 1"] {
                            if mode == .sessionPooler {
                                try await connection.simpleQuery(sql)
                                continue
                            }
                            for isSimple in [true, false] {
                                let error = await failure(PostgresError.self) {
                                    isSimple ? try await connection.simpleQuery(sql) : try await connection.query(sql)
                                }
                                #expect(error?.message.hasSuffix("does not hold through a transaction pooler") == true)
                                #expect(error?.isConnectionLost == false && connection.condition == .usable)
                            }
                        }
                        #expect(
                            try await connection.value("SHOW work_mem") == (mode == .sessionPooler ? "8MB" : "4MB"))
                    }
                }
            }
        }
    }

    @Test(
        "a deadline cancels through the pooler and hits no later statement",
        arguments: [PoolMode.sessionPooler, .transactionPooler])
    func deadline(mode: PoolMode) async throws {
        let watcher = try await server.connect()
        try await server.withBouncer(mode, settings: ["default_pool_size": "2"]) { target in
            try await withPool(target, configure: { $0.mode = mode }) { pool in
                try await pool.withConnection { connection in
                    let sleep = "SELECT pg_sleep(60), '\(mode)'"
                    let error = await failure(PostgresError.self) {
                        try await connection.query(sleep, timeout: .milliseconds(200))
                    }
                    #expect(error?.kind == .timeout && error?.isConnectionLost == false)
                    let running = try await watcher.query(
                        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = $1", parameters: [sleep],
                        timeout: .seconds(10))
                    #expect(running.rowCount == 0 && connection.condition == .usable)
                    for number in 0..<60 {
                        let sleep = "SELECT pg_sleep(0.00\(number % 5))"
                        do {
                            _ = try await connection.query(sleep, timeout: .microseconds(500 + 100 * number % 5_000))
                        } catch let error as PostgresError {
                            #expect(error.kind == .timeout && !error.isConnectionLost, "\(error)")
                        }
                        let next = try await connection.value("SELECT \(number)")
                        #expect(next == "\(number)")
                    }
                }
            }
        }
    }

    @Test("a statement that the pooler keeps waiting for a server ends at its deadline")
    func queued() async throws {
        let settings = ["default_pool_size": "1", "reserve_pool_size": "0"]
        try await server.withBouncer(.transactionPooler, settings: settings) { target in
            let holder = try await PostgresSession.connect(target, timeout: .seconds(10))
            try await withPool(target, configure: { $0.mode = .transactionPooler }) { pool in
                try await pool.withConnection { connection in
                    _ = try await connection.pid()
                    _ = try await holder.simpleQuery("BEGIN", timeout: .seconds(10))
                    let start = ContinuousClock.now
                    let error = await failure(PostgresError.self) {
                        try await connection.query("SELECT 1", timeout: .milliseconds(200))
                    }
                    #expect(error?.kind == .timeout)
                    #expect(ContinuousClock.now - start < .seconds(20))
                    // Whether PgBouncer let the client go or not: the error and the connection agree.
                    #expect((connection.condition == .usable) == (error?.isConnectionLost == false))
                }
                _ = try await holder.simpleQuery("ROLLBACK", timeout: .seconds(10))
                let answer = try await pool.withConnection { try await $0.value("SELECT 1") }
                #expect(answer == "1")
            }
        }
    }
}
