import Observations
import Sessions
import Testing

@Suite("What the answer to an action means")
struct ActionOutcomeTests {
    private func outcome(
        _ values: [String?]?, permissions: ActionPermissions = ActionPermissions()
    ) throws -> ActionOutcome {
        let request = ActionRequest(.terminate, on: session(7), if: .session, permissions: permissions)
        return try request.outcome(
            TextTable(
                columns: ["is_same", "is_self", "is_unchanged", "backend_type", "rolsuper", "signalled"],
                rows: values.map { [$0] } ?? []))
    }

    @Test("signalled, gone, reused, changed")
    func states() throws {
        #expect(try outcome(["t", "f", "t", "client backend", "f", "t"]) == .done)
        #expect(try outcome(["t", "f", "t", "client backend", "f", "f"]) == .gone, "it ended between the two")
        #expect(try outcome(nil) == .gone)
        #expect(try outcome(["f", "f", "t", "client backend", "f", nil]) == .reused)
        #expect(try outcome(["f", "f", "t", "client backend", "t", nil]) == .reused, "whoever has the number now")
        #expect(try outcome(["t", "f", "f", "client backend", "f", nil]) == .changed)
    }

    @Test("what became a superuser's, or is no client's, is refused with the reason")
    func refused() throws {
        #expect(try outcome(["t", "f", "t", "client backend", "t", nil]) == .refused(.superuser))
        #expect(try outcome(["t", "f", "t", "walsender", "f", nil]) == .refused(.replication))
        #expect(try outcome(["t", "f", "t", "checkpointer", nil, nil]) == .refused(.notClient))
        #expect(try outcome(["t", "t", "t", "client backend", "f", nil]) == .refused(.ownSession))
        #expect(try outcome([nil, "f", nil, nil, "f", nil]) == .refused(.hidden))
    }

    @Test("identity and condition are parameters, to the microsecond; a hidden session has none")
    func parameters() throws {
        func request(_ condition: ActionCondition, _ row: SessionRow = session(7, age: 1.5)) -> ActionRequest {
            ActionRequest(.cancel, on: row, if: condition, permissions: ActionPermissions())
        }
        #expect(request(.session).parameters == ["7", "2000-01-01T00:01:40.000000Z"])
        #expect(request(.statement).parameters?.last == "2000-01-01T00:16:38.500000Z")
        #expect(request(.transaction).parameters?.last == .some(nil), "it had no transaction, and must have none")
        #expect(request(.session, session(7, isHidden: true)).parameters == nil)
        #expect(request(.statement).statement.contains("$3") && !request(.session).statement.contains("$3"))
        #expect(request(.session).statement.contains("pg_cancel_backend(s.pid)"))
    }

    @Test("times are spelled as PostgreSQL reads them, before and after 2000, leap days included")
    func times() {
        let day: Int64 = 86_400_000_000
        #expect(ServerTime(microseconds: 0).iso8601 == "2000-01-01T00:00:00.000000Z")
        #expect(ServerTime(microseconds: -1).iso8601 == "1999-12-31T23:59:59.999999Z")
        #expect(ServerTime(microseconds: 59 * day).iso8601 == "2000-02-29T00:00:00.000000Z")
        #expect(ServerTime(microseconds: 60 * day).iso8601 == "2000-03-01T00:00:00.000000Z")
        #expect(ServerTime(unixSeconds: 1_795_728_001.25).iso8601 == "2026-11-26T21:20:01.250000Z")
        #expect(!ServerTime(microseconds: .max).iso8601.isEmpty && !ServerTime(microseconds: .min).iso8601.isEmpty)
    }
}

@Suite("Reports of actions")
struct EndingReportTests {
    private func report(
        _ action: SessionAction = .terminate, pids: Set<Int32> = [], _ rows: SessionRow...
    ) -> EndingReport {
        var filter = SessionFilter()
        filter.pids = pids
        filter.databases = ["shop"]
        return EndingReport(
            SessionSelection(
                action, from: SessionListing(sampledAt: now, rows: rows), by: filter,
                permissions: ActionPermissions()))
    }

    @Test("all done is complete; one that had ended, too")
    func complete() {
        var report = report(.terminate, session(1), session(2))
        report.results = [ActionResult(session(1), .done), ActionResult(session(2), .gone)]
        #expect(report.isComplete)
        #expect(report.lines(waited: .seconds(5)).last == "1 session terminated")
        #expect(report.lines(waited: .seconds(5)).first == "2 (web, app@shop) had ended by itself")
    }

    @Test("what was not tried, lacks a privilege, remains or is missing makes it incomplete")
    func incomplete() {
        var lost = report(.terminate, session(1), session(2))
        lost.results = [ActionResult(session(1), .failed("the connection was lost"))]
        #expect(!lost.isComplete)
        #expect(lost.lines(waited: .zero).contains("the connection was lost: 1 session not tried"))

        var denied = report(.terminate, session(1))
        denied.results = [ActionResult(session(1), .insufficientPrivilege(advice: "GRANT x TO y"))]
        #expect(!denied.isComplete)
        #expect(denied.lines(waited: .zero).first?.contains("GRANT x TO y") == true)

        #expect(!report(.terminate, pids: [9]).isComplete)
        #expect(!report(.terminate, pids: [1], session(1, isSuperuser: true)).isComplete)
        #expect(report(.terminate, session(1, isSuperuser: true)).isComplete, "it was not asked for by number")
    }
}
