import Demo
import TestSupport
import Testing

@testable import Postgres

@Suite("statements on a live server", .privatePostgres(settings: ["max_connections": "120"]))
struct SessionTests {
    private let server = PrivatePostgres.current!

    @Test("binary columns of several types, NULL and the empty string come back as they are")
    func binary() async throws {
        let session = try await server.connect()
        let result = try await session.query(
            """
            select 42::int4 as n, '2000-01-01 00:00:01+00'::timestamptz as at, $1::text as words, null::text as nothing,
                   ''::text as empty
            """, parameters: ["grüße"], timeout: .seconds(5))
        #expect(result.rowCount == 1)
        #expect(result.columns.map(\.name) == ["n", "at", "words", "nothing", "empty"])
        #expect(result.columns.map(\.typeOID) == [23, 1184, 25, 25, 25])
        #expect(result.columns.allSatisfy { $0.isBinary })
        #expect(
            result.withBytes(row: 0, column: 0) { $0.map { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) } } == 42)
        let micros = result.withBytes(row: 0, column: 1) {
            $0.map { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
        }
        #expect(micros == 1_000_000)
        #expect(result.text(row: 0, column: "words") == "grüße")
        #expect(result.withBytes(row: 0, column: 3) { $0 == nil })
        #expect(result.withBytes(row: 0, column: 4) { $0?.count } == 0)
        #expect(result.text(row: 0, column: "nothing") == nil && result.text(row: 0, column: "other") == nil)
    }

    @Test("a NULL parameter is NULL, and a result outlives its session")
    func nullParameter() async throws {
        let session = try await server.connect()
        let result = try await session.query(
            "select coalesce($1, 'none') || $2", parameters: [nil, "!"], timeout: .seconds(5))
        session.close()
        #expect(result.text(row: 0, column: "?column?") == "none!")
    }

    @Test("of several simple statements the last result wins")
    func simple() async throws {
        let session = try await server.connect()
        let result = try await session.simpleQuery("begin; select 1 as a; select 2 as b", timeout: .seconds(5))
        #expect(result.columns == [.init(name: "b", typeOID: 23, isBinary: false)])
        #expect(result.text(row: 0, column: "b") == "2")
        #expect(try await session.simpleQuery("rollback", timeout: .seconds(5)).rowCount == 0)
        #expect(try await session.simpleQuery("", timeout: .seconds(5)).columns.isEmpty)
    }

    @Test("an error carries SQLSTATE and words, and the session is usable afterwards")
    func statementError() async throws {
        let session = try await server.connect()
        let error = await failure { _ = try await session.query("select * from no_such_table", timeout: .seconds(5)) }
        #expect(error?.kind == .statementFailed && error?.sqlState == .undefinedTable)
        #expect(error?.description == "relation \"no_such_table\" does not exist (SQLSTATE 42P01)")
        #expect(error?.isConnectionLost == false && !session.hasPendingAnswer)
        let first = await failure {
            _ = try await session.simpleQuery("select 1; select 1/0; select 2", timeout: .seconds(5))
        }
        #expect(first?.sqlState?.rawValue == "22012")
        #expect(try await one(session))
    }

    @Test("what a role may not do is permission denied")
    func permission() async throws {
        let session = try await server.connect()
        _ = try await session.simpleQuery("create role humble login", timeout: .seconds(5))
        let humble = try await server.connect("user=humble dbname=postgres")
        let error = await failure { _ = try await humble.query("select * from pg_authid", timeout: .seconds(5)) }
        #expect(error?.kind == .permissionDenied && error?.sqlState == .insufficientPrivilege)
        #expect(try await one(humble))
    }

    @Test("a statement past its deadline keeps the session; its late answer is picked up")
    func lateAnswer() async throws {
        let session = try await server.connect()
        let pid = session.backendPID
        let error = await failure { _ = try await session.query("select pg_sleep(0.6)", timeout: .milliseconds(100)) }
        #expect(error?.kind == .timeout && error?.isConnectionLost == false)
        #expect(error?.message == "the statement: no answer within 0.1 seconds")
        #expect(session.hasPendingAnswer)
        let again = await failure { try await session.finishPending(timeout: .milliseconds(50)) }
        #expect(again?.kind == .timeout && session.hasPendingAnswer)
        try await session.finishPending(timeout: .seconds(10))
        #expect(!session.hasPendingAnswer)
        try await session.finishPending(timeout: .zero)
        #expect(try await one(session) && session.backendPID == pid)
    }

    @Test("the next statement waits for a pending answer, and a late error is not its error")
    func lateError() async throws {
        let session = try await server.connect()
        _ = await failure {
            _ = try await session.simpleQuery("select pg_sleep(0.3); select 1/0", timeout: .milliseconds(50))
        }
        #expect(session.hasPendingAnswer)
        let tooEarly = await failure { _ = try await session.query("select 1", timeout: .milliseconds(20)) }
        #expect(tooEarly?.kind == .timeout && session.hasPendingAnswer)
        #expect(try await one(session))
    }

    @Test("the server's own statement_timeout is a failed statement with its SQLSTATE")
    func statementTimeout() async throws {
        let session = try await server.connect()
        _ = try await session.simpleQuery("set statement_timeout = 50", timeout: .seconds(5))
        let error = await failure { _ = try await session.query("select pg_sleep(5)", timeout: .seconds(10)) }
        #expect(error?.kind == .statementFailed && error?.sqlState == .queryCanceled)
        #expect(try await one(session))
    }

    @Test("COPY is answered with an error in both directions and protocols, and the session goes on")
    func copy() async throws {
        let session = try await server.connect()
        _ = try await session.simpleQuery("create temp table t (n int)", timeout: .seconds(5))
        for statement in ["copy t from stdin", "copy (select generate_series(1, 200000)) to stdout"] {
            let extended = await failure { _ = try await session.query(statement, timeout: .seconds(10)) }
            let simple = await failure { _ = try await session.simpleQuery(statement, timeout: .seconds(10)) }
            for error in [extended, simple] {
                #expect(error?.kind == .statementFailed && error?.message == "COPY is not supported here")
            }
            #expect(try await one(session))
        }
    }

    @Test("a result over the row limit is an error")
    func rowLimit() async throws {
        let session = try await server.connect()
        let error = await failure {
            _ = try await session.query("select generate_series(1, 11)", timeout: .seconds(5), rowLimit: 10)
        }
        #expect(error?.message == "the statement returned 11 rows, more than the limit of 10")
        #expect(
            try await session.query("select generate_series(1, 10)", timeout: .seconds(5), rowLimit: 10).rowCount == 10)
    }

    @Test("a statement of megabytes, answered with megabytes, gets through")
    func large() async throws {
        let session = try await server.connect()
        let words = String(repeating: "0123456789abcdef", count: 1 << 18)
        let result = try await session.query(
            "select $1::text || $1::text as w", parameters: [words], timeout: .seconds(30))
        #expect(result.withBytes(row: 0, column: 0) { $0?.count } == 2 * words.utf8.count)
    }

    @Test("notices are kept, the last sixteen, and not printed")
    func notices() async throws {
        let session = try await server.connect()
        _ = try await session.simpleQuery(
            "do $$ begin for i in 1..20 loop raise notice 'number %', i; end loop; end $$", timeout: .seconds(5))
        #expect(session.notices.count == 16)
        #expect(session.notices.first == "number 5" && session.notices.last == "number 20")
    }

    @Test("version, process and settings are those of the server")
    func facts() async throws {
        let session = try await server.connect("user=postgres dbname=postgres application_name=mine")
        let result = try await session.simpleQuery(
            "select pg_backend_pid() as pid, current_setting('server_version_num') as version", timeout: .seconds(5))
        #expect(result.text(row: 0, column: "pid") == "\(session.backendPID)")
        #expect(result.text(row: 0, column: "version") == "\(session.serverVersion)")
        #expect(session.parameter("application_name") == "mine" && session.parameter("nonsense") == nil)
    }

    @Test("closing is idempotent, ends the backend, and leaves harmless answers")
    func closing() async throws {
        let (watcher, session) = (try await server.connect(), try await server.connect())
        let pid = session.backendPID
        session.close()
        session.close()
        #expect(session.backendPID == 0 && session.parameter("server_version") == nil)
        let error = await failure { _ = try await session.query("select 1", timeout: .seconds(1)) }
        #expect(error?.kind == .disconnected && error?.message == "the session is closed")
        try await eventually("the backend is gone") {
            try await watcher.query(
                "select 1 from pg_stat_activity where pid = $1::int", parameters: ["\(pid)"], timeout: .seconds(5)
            ).rowCount == 0
        }
    }

    @Test("cancelling the task ends a statement promptly")
    func cancelling() async throws {
        let server = server
        let isRunning = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            let session = try await server.connect()
            isRunning.continuation.yield()
            let error = await failure { _ = try await session.query("select pg_sleep(30)", timeout: .seconds(60)) }
            session.close()
            return error
        }
        for await _ in isRunning.stream { break }
        let start = ContinuousClock.now
        task.cancel()
        let error = try await task.value
        #expect(error?.kind == .cancelled && error?.isConnectionLost == true)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("a backend that is terminated, in a statement or between two, is a lost session")
    func terminated() async throws {
        let (killer, session, idle) = (
            try await server.connect(), try await server.connect(), try await server.connect()
        )
        _ = await failure { _ = try await session.query("select pg_sleep(30)", timeout: .milliseconds(20)) }
        for pid in [session.backendPID, idle.backendPID] {
            _ = try await killer.query(
                "select pg_terminate_backend($1::int, 5000)", parameters: ["\(pid)"], timeout: .seconds(10))
        }
        let pending = await failure { try await session.finishPending(timeout: .seconds(5)) }
        let sent = await failure { _ = try await idle.query("select 1", timeout: .seconds(5)) }
        for error in [pending, sent] {
            #expect(error?.kind == .disconnected && error?.sqlState == .adminShutdown)
            #expect(error?.message == "terminating connection due to administrator command")
            #expect(error?.isConnectionLost == true)
        }
        #expect(!session.hasPendingAnswer)
    }

    @Test("a hundred sessions sleep at the same time over one polling thread")
    func concurrency() async throws {
        let server = server
        let threads = try threadCount()
        let start = ContinuousClock.now
        let peak = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let session = try await server.connect()
                    _ = try await session.query("select pg_sleep(1)", timeout: .seconds(60))
                    return try threadCount()
                }
            }
            return try await group.reduce(0) { max($0, $1) }
        }
        // One after the other they would take 100 s.
        #expect(ContinuousClock.now - start < .seconds(50))
        #expect(peak - threads < 90, "threads: \(threads) before, \(peak) at most")
    }

    private func one(_ session: PostgresSession) async throws -> Bool {
        try await session.query("select '1'::text as n", timeout: .seconds(10)).text(row: 0, column: "n") == "1"
    }
}
