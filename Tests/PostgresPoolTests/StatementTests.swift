import ConnectionPool
import Demo
import Locking
import Postgres
import TestSupport
import Testing

@testable import PostgresPool

@Suite("statements over a pool's connection", .privatePostgres(), .timeLimit(.minutes(10)))
struct StatementTests {
    private let server = PrivatePostgres.current!

    @Test("values come as text, with names, counts and the command's tag")
    func text() async throws {
        try await withPool(server.target()) { pool in
            try await pool.withConnection { connection in
                let result = try await connection.query(
                    "SELECT 42 AS n, $1::text AS word, $2::text AS nothing, now() IS NOT NULL AS yes", ["grüße", nil])
                #expect(result.columns.map(\.name) == ["n", "word", "nothing", "yes"])
                #expect(result.rowCount == 1 && result.columns.allSatisfy { !$0.isBinary })
                #expect(result.text(row: 0, column: "n") == "42" && result.text(row: 0, column: "word") == "grüße")
                #expect(result.text(row: 0, column: "nothing") == nil && result.text(row: 0, column: 3) == "t")
                #expect(result.commandTag == "SELECT 1" && result.affectedRows == 1)
                let none = try await connection.simpleQuery("CREATE TABLE words (word text); DROP TABLE words")
                #expect(none.commandTag == "DROP TABLE" && none.affectedRows == nil && none.columns.isEmpty)
                #expect(connection.condition == .usable)
            }
        }
    }

    @Test("a server's error keeps the connection, and so does a result over the row limit")
    func errors() async throws {
        try await withPool(server.target(), configure: { $0.rowLimit = 3 }) { pool in
            try await pool.withConnection { connection in
                let error = await failure(PostgresError.self) { try await connection.query("SELECT 1/0") }
                #expect(error?.sqlState?.rawValue == "22012" && error?.isConnectionLost == false)
                let rows = await failure(PostgresError.self) {
                    try await connection.query("SELECT generate_series(1, 4)")
                }
                #expect(rows?.message == "the statement returned 4 rows, more than the limit of 3")
                #expect(connection.condition == .usable)
                let answer = try await connection.value("SELECT 7")
                #expect(answer == "7")
            }
        }
    }

    @Test("at its deadline a statement is cancelled on the server, and the connection goes on")
    func deadline() async throws {
        let watcher = try await server.connect()
        try await withPool(server.target(), configure: { $0.queryDeadline = .milliseconds(300) }) { pool in
            try await pool.withConnection { connection in
                let pid = try await connection.pid()
                for timeout in [nil, Duration.milliseconds(100)] {
                    let start = ContinuousClock.now
                    let error = await failure(PostgresError.self) {
                        try await connection.query("SELECT pg_sleep(60)", timeout: timeout)
                    }
                    #expect(ContinuousClock.now - start < .seconds(20))
                    #expect(error?.kind == .timeout && error?.sqlState == .queryCanceled)
                    #expect(error?.isConnectionLost == false)
                    #expect(error?.message.hasSuffix("cancelled on the server") == true)
                    #expect(try await watcher.activity(of: pid) == "idle: SELECT pg_sleep(60)")
                    #expect(connection.condition == .usable)
                }
                let last = try await connection.pid()
                #expect(last == pid)
            }
        }
    }

    @Test("a cancelled task's statement is cancelled on the server, and the connection goes on")
    func cancelled() async throws {
        let server = server
        let watcher = try await server.connect()
        let pid = Guarded("")
        let task = Task {
            try await withPool(server.target()) { pool in
                try await pool.withConnection { connection in
                    let own = try await connection.pid()
                    pid.withLock { $0 = own }
                    let error = await failure(PostgresError.self) { try await connection.query("SELECT pg_sleep(60)") }
                    #expect(error?.kind == .cancelled && error?.isConnectionLost == false)
                    #expect(connection.condition == .usable)
                    // Nothing more is sent in a cancelled task.
                    let next = await failure(PostgresError.self) { try await connection.query("SELECT 'sent'") }
                    #expect(next?.message == "the statement: cancelled before it was sent")
                    #expect(next?.isConnectionLost == false && connection.condition == .usable)
                    return try await watcherSees(own, server)
                }
            }
        }
        try await eventually("the statement runs") {
            try await watcher.activity(of: pid.withLock { $0.isEmpty ? "0" : $0 }) == "active: SELECT pg_sleep(60)"
        }
        let start = ContinuousClock.now
        task.cancel()
        #expect(try await task.value == "idle: SELECT pg_sleep(60)")
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("a statement that ends on its own while it is being cancelled gives its result or its error")
    func race() async throws {
        try await withPool(server.target()) { pool in
            try await pool.withConnection { connection in
                var outcomes: [String: Int] = [:]
                for number in 0..<200 {
                    let sleep = "SELECT pg_sleep(0.00\(number % 5)), pg_backend_pid()"
                    do {
                        _ = try await connection.query(sleep, timeout: .microseconds(200 + 40 * number % 4_000))
                        outcomes["result", default: 0] += 1
                    } catch let error as PostgresError {
                        #expect(error.kind == .timeout && !error.isConnectionLost, "\(error)")
                        outcomes["timeout", default: 0] += 1
                    }
                    // A late request to cancel would hit this one.
                    let next = try await connection.value("SELECT \(number)")
                    #expect(next == "\(number)")
                }
                #expect(outcomes["timeout", default: 0] > 0 && outcomes.values.reduce(0, +) == 200)
            }
        }
    }

    @Test("a statement given up before the server has begun it is cancelled all the same")
    func givenUpAtOnce() async throws {
        try await withPool(server.target()) { pool in
            try await pool.withConnection { connection in
                for microseconds in stride(from: 1, to: 800, by: 40) {
                    let error = await failure(PostgresError.self) {
                        try await connection.query("SELECT pg_sleep(60)", timeout: .microseconds(microseconds))
                    }
                    #expect(error?.kind == .timeout && error?.isConnectionLost == false, "\(error as Any)")
                    let next = try await connection.value("SELECT \(microseconds)")
                    #expect(next == "\(microseconds)")
                }
            }
        }
    }

    @Test("a server that stands still leaves the connection in doubt: it is closed, and the next lease gets another")
    func stopped() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            try await withPool(server.target(), configure: { $0.pool.maximum = 1 }) { pool in
                let pid = try await pool.withConnection { connection in
                    let pid = try await connection.pid()
                    try await server.suspend()
                    let start = ContinuousClock.now
                    let error = await failure(PostgresError.self) {
                        try await connection.query("SELECT 1", timeout: .milliseconds(200))
                    }
                    #expect(ContinuousClock.now - start < .seconds(20))
                    #expect(error?.kind == .timeout && error?.isConnectionLost == true)
                    #expect(connection.condition == .unusable(.inDoubt))
                    let next = await failure(PostgresError.self) { try await connection.query("SELECT 1") }
                    #expect(next?.kind == .disconnected)
                    return pid
                }
                await server.resume()
                try await pool.withConnection { connection in
                    let other = try await connection.pid()
                    #expect(other != pid)
                }
            }
        }
    }

    @Test("a backend that is terminated between two statements is noticed without asking it")
    func terminated() async throws {
        let watcher = try await server.connect()
        try await withPool(server.target()) { pool in
            try await pool.withConnection { connection in
                let pid = try await connection.pid()
                _ = try await watcher.query(
                    "SELECT pg_terminate_backend($1::int, 5000)", parameters: [pid], timeout: .seconds(10))
                try await eventually("it is noticed") { connection.condition == .unusable(.broken) }
                let error = await failure(PostgresError.self) { try await connection.query("SELECT 1") }
                #expect(error?.kind == .disconnected && error?.isConnectionLost == true)
            }
        }
    }

    @Test("a statement left pending is awaited before the connection is lent again")
    func leftPending() async throws {
        try await withPool(server.target(), configure: { $0.pool.maximum = 1 }) { pool in
            let pid = try await pool.withConnection { connection in
                let late = await failure(PostgresError.self) {
                    try await connection.session.query("SELECT pg_sleep(0.4)", timeout: .milliseconds(20))
                }
                #expect(late?.kind == .timeout && connection.condition == .needsReset)
                return connection.backendPID
            }
            try await pool.withConnection { connection in
                #expect(connection.backendPID == pid && connection.condition == .usable)
                #expect(connection.serverVersion >= 100_000)
            }
        }
    }

    @Test("connections that the server ended while they were idle are not lent")
    func endedWhileIdle() async throws {
        let server = server
        try await withPool(server.target()) { pool in
            let pids = try await pool.withConnection { first in
                try await pool.withConnection { second in [try await first.pid(), try await second.pid()] }
            }
            _ = try await server.execute(pids.map { "SELECT pg_terminate_backend(\($0), 5000);" }.joined())
            let pid = try await pool.withConnection { try await $0.pid() }
            #expect(!pids.contains(pid))
            #expect(pool.statistics.idle + pool.statistics.used == 1)
        }
    }

    @Test("the pool's canceller ends what a lease runs, from outside")
    func canceller() async throws {
        let target = try server.target()
        let rules = ConnectionRules(PostgresPoolConfiguration(name: "test"), mode: .direct)
        var connection = try await PostgresConnection.open(target, rules, timeout: .seconds(10))
        let watcher = try await server.connect()
        let (pid, canceller) = (try await connection.pid(), connection.canceller)
        async let cancelling: Void = {
            try await eventually("the statement runs") {
                try await watcher.activity(of: pid)?.hasPrefix("active") == true
            }
            await canceller()
        }()
        let error = await failure(PostgresError.self) { try await connection.query("SELECT pg_sleep(60)") }
        try await cancelling
        #expect(error?.kind == .statementFailed && error?.sqlState == .queryCanceled)
        #expect(connection.condition == .usable)
        connection.close()
        // Nobody has its key any more.
        await canceller()
    }

    @Test("settings: the statement time-out, the reset and the name hold as configured")
    func settings() async throws {
        let target = try server.target()
        var configuration = PostgresPoolConfiguration(name: "test")
        configuration.statementTimeout = .milliseconds(1_500)
        configuration.resetQuery = "DISCARD ALL"
        let rules = ConnectionRules(configuration, mode: .direct)
        var connection = try await PostgresConnection.open(target, rules, timeout: .seconds(10))
        #expect(connection.condition == .usable)
        try await connection.keepAlive()
        #expect(connection.condition == .usable)
        let timeout = try await connection.value("SHOW statement_timeout")
        #expect(timeout == "1500ms")
        #expect(connection.condition == .needsReset)
        try await connection.simpleQuery("SET search_path = elsewhere; SET statement_timeout = 7")
        try await connection.reset()
        #expect(connection.condition == .usable)
        let timeoutAgain = try await connection.value("SHOW statement_timeout")
        #expect(timeoutAgain == "1500ms")
        let path = try await connection.value("SHOW search_path")
        #expect(path == "\"$user\", public")
        for (name, given) in [("test", nil), ("mine", "mine")] {
            try await withPool(target, configure: { $0.applicationName = given }) { pool in
                try await pool.withConnection { connection in
                    let shown = try await connection.value("SHOW application_name")
                    #expect(shown == name)
                }
            }
        }
    }
}

/// What the server says about a backend, asked from a task that is not cancelled.
private func watcherSees(_ pid: String, _ server: PrivatePostgres) async throws -> String? {
    try await Task { try await server.connect().activity(of: pid) }.value
}
