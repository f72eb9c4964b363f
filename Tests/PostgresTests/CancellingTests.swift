import Demo
import Locking
import TestSupport
import Testing

@testable import Postgres

@Suite("cancelling and transactions on a live server", .privatePostgres())
struct CancellingTests {
    private let server = PrivatePostgres.current!

    @Test("a request to cancel ends the running statement, whose answer is then the error")
    func delivered() async throws {
        let session = try await server.connect()
        let canceller = try #require(session.makeCanceller())
        let late = await failure { _ = try await session.query("select pg_sleep(60)", timeout: .milliseconds(50)) }
        #expect(late?.kind == .timeout && session.hasPendingAnswer)
        #expect(await canceller.cancel(within: .seconds(10)) == .delivered)
        let error = await failure { _ = try await session.pendingResult(timeout: .seconds(10)) }
        #expect(error?.kind == .statementFailed && error?.sqlState == .queryCanceled)
        #expect(!session.hasPendingAnswer)
        #expect(try await session.query("select 1", timeout: .seconds(10)).rowCount == 1)
        // Nothing runs: nothing happens, now or to the next statement.
        #expect(await canceller.cancel(within: .seconds(10)) == .delivered)
        #expect(try await session.query("select 1", timeout: .seconds(10)).rowCount == 1)
    }

    @Test("the answer of a statement that timed out can be had later, whole")
    func pendingResult() async throws {
        let session = try await server.connect()
        let late = await failure {
            _ = try await session.simpleQuery("select 1 as n; select pg_sleep(0.3), 2 as n", timeout: .milliseconds(50))
        }
        #expect(late?.kind == .timeout)
        #expect(try await session.pendingResult(timeout: .seconds(10)).text(row: 0, column: "n") == "2")
        let none = await failure { _ = try await session.pendingResult(timeout: .seconds(10)) }
        #expect(none?.kind == .disconnected)
    }

    @Test("in a cancelled task a shielded statement runs to its end, and so do a request to cancel and its answer")
    func shielded() async throws {
        let server = server
        let task = Task {
            let session = try await server.connect()
            let canceller = try #require(session.makeCanceller())
            withUnsafeCurrentTask { $0?.cancel() }
            let cancelled = await failure { _ = try await session.query("select pg_sleep(60)", timeout: .seconds(60)) }
            #expect(cancelled?.kind == .cancelled && session.hasPendingAnswer)
            // A request that comes before the statement has begun does nothing.
            var error: PostgresError?
            repeat {
                #expect(await canceller.cancel(within: .seconds(10)) == .delivered)
                error = await failure { _ = try await session.pendingResult(timeout: .milliseconds(200)) }
            } while error?.kind == .timeout
            #expect(error?.sqlState == .queryCanceled)
            return try await session.simpleQuery(
                "select pg_sleep(0.1), 'whole' as n", timeout: .seconds(10), isShielded: true
            ).text(row: 0, column: "n")
        }
        #expect(try await task.value == "whole")
    }

    @Test("a server that stands still does not answer a request, and one that is gone cannot be asked")
    func unanswered() async throws {
        try await withPrivatePostgres { server in
            let session = try await server.connect()
            let canceller = try #require(session.makeCanceller())
            try await server.suspend()
            #expect(await canceller.cancel(within: .milliseconds(200)) == .unanswered)
            await server.resume()
            try await server.kill()
            let outcome = await canceller.cancel(within: .seconds(10))
            guard case .failed(let words) = outcome else {
                Issue.record("the outcome is \(outcome)")
                return
            }
            #expect(words.contains("connect() failed") && !words.contains("\n"))
            session.close()
            #expect(session.makeCanceller() == nil)
        }
    }

    @Test("the transaction's status is what the last answer told")
    func transactionStatus() async throws {
        let session = try await server.connect()
        #expect(session.transactionStatus == .idle)
        let begun = try await session.simpleQuery("begin", timeout: .seconds(10))
        #expect(session.transactionStatus == .inTransaction && begun.commandTag == "BEGIN")
        _ = await failure { _ = try await session.query("select 1/0", timeout: .seconds(10)) }
        #expect(session.transactionStatus == .inFailedTransaction)
        #expect(try await session.simpleQuery("commit", timeout: .seconds(10)).commandTag == "ROLLBACK")
        #expect(session.transactionStatus == .idle)
        _ = await failure { _ = try await session.query("select pg_sleep(0.2)", timeout: .milliseconds(20)) }
        #expect(session.transactionStatus == .active)
        try await session.finishPending(timeout: .seconds(10))
        session.close()
        #expect(session.transactionStatus == .unknown)
    }

    @Test("the end of an idle session is seen without asking")
    func isStillOpen() async throws {
        let (session, killer) = (try await server.connect(), try await server.connect())
        #expect(session.isStillOpen())
        // Words that come unasked end nothing.
        _ = try await session.simpleQuery("listen news", timeout: .seconds(10))
        _ = try await killer.simpleQuery("notify news", timeout: .seconds(10))
        #expect(session.isStillOpen())
        _ = try await killer.query(
            "select pg_terminate_backend($1::int, 5000)", parameters: ["\(session.backendPID)"], timeout: .seconds(10))
        try await eventually("it is seen") { !session.isStillOpen() }
        session.close()
        #expect(!session.isStillOpen())
    }

    @Test("text results hold text, and the counts of rows are told")
    func text() async throws {
        let session = try await server.connect()
        let result = try await session.query(
            "select 7::int4 as n, true as yes, $1::text as word", parameters: ["grüße"], timeout: .seconds(10),
            format: .text)
        #expect(result.columns.map(\.isBinary) == [false, false, false])
        #expect((0..<3).map { result.text(row: 0, column: $0) } == ["7", "t", "grüße"])
        #expect(result.commandTag == "SELECT 1" && result.affectedRows == 1)
        let made = try await session.simpleQuery("create temp table t (n int)", timeout: .seconds(10))
        #expect(made.commandTag == "CREATE TABLE" && made.affectedRows == nil)
        let inserted = try await session.query("insert into t values (1), (2)", timeout: .seconds(10))
        #expect(inserted.affectedRows == 2)
    }
}
