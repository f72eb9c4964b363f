import Observations
import Testing

@testable import Collectors

@Suite("Activity tracker: transactions")
struct ActivityTrackerTransactionTests {
    private struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Rows at seconds 10, 11, …; nil where the session is not there.
        let rows: [ActivityRow?]
        let finished: [FinishedEpisode]
    }

    private static let running = activityRow(.active, query: 8, transaction: 8)
    private static let idling = activityRow(.idleInTransaction, query: 7, changed: 8, transaction: 6)

    private static let cases = [
        Case(
            testDescription: "a statement of its own ends with its statement, to the microsecond",
            rows: [running, activityRow(.idle, query: 8, changed: 10.75)], finished: [.exact(2.75)]),
        Case(
            testDescription: "a slow COMMIT shows the end of its transaction",
            rows: [
                activityRow(.active, query: 9.5, transaction: 6), activityRow(.idle, query: 9.5, changed: 10.25),
            ], finished: [.exact(4.25)]),
        Case(
            testDescription: "a statement that fails ends the transaction, although the block is still open",
            rows: [
                activityRow(.active, query: 9.5, transaction: 6),
                activityRow(.idleInTransactionAborted, query: 9.5, changed: 10.25),
                activityRow(.idleInTransactionAborted, query: 9.5, changed: 10.25),
                activityRow(.idle, query: 12.5, changed: 12.75),
            ], finished: [.exact(4.25)]),
        Case(
            testDescription: "a failure inside a savepoint leaves it open",
            rows: [
                activityRow(.active, query: 9.5, transaction: 6),
                activityRow(.idleInTransactionAborted, query: 9.5, changed: 10.25, transaction: 6),
            ], finished: []),
        Case(
            testDescription: "a newer statement, most likely COMMIT: its end, estimated",
            rows: [idling, activityRow(.idle, query: 10.5, changed: 10.75)], finished: [.estimated(4.75)]),
        Case(
            testDescription: "the same after a running statement: a second transaction may have run in between",
            rows: [running, activityRow(.idle, query: 10.5, changed: 10.75)], finished: [.estimated(2.75)]),
        Case(
            testDescription: "a newer transaction: the midpoint between the last look and its start",
            rows: [idling, activityRow(.active, query: 10.5, transaction: 10.5)], finished: [.estimated(4.25)]),
        Case(
            testDescription: "a statement that has no transaction yet, or no more: the midpoint between the looks",
            rows: [idling, activityRow(.active, query: 10.5)], finished: [.estimated(4.5)]),
        Case(
            testDescription: "a session that is gone: the midpoint between the looks",
            rows: [running, nil, nil], finished: [.estimated(2.5)]),
        Case(
            testDescription: "caught in passing: at most twice the age, whatever ended later",
            rows: [
                activityRow(.active, query: 9.75, transaction: 9.75), activityRow(.idle, query: 10.9, changed: 10.95),
            ], finished: [.estimated(0.5)]),
        Case(
            testDescription: "a procedure that commits: the next transaction may follow in the same statement",
            rows: [
                activityRow(.active, query: 8, transaction: 8), activityRow(.active, query: 8, transaction: 10.5),
                activityRow(.idle, query: 8, changed: 11.5),
            ], finished: [.estimated(2.25), .estimated(1)]),
        Case(
            testDescription: "one that began and ended between two looks is not counted",
            rows: [activityRow(.idle, query: 7, changed: 8), activityRow(.idle, query: 10.25, changed: 10.75)],
            finished: []),
        Case(testDescription: "an open one is not counted yet", rows: [idling, idling], finished: []),
    ]

    @Test("ends of transactions", arguments: cases)
    private func ends(of one: Case) {
        var tracker = ActivityTracker()
        var finished: [FinishedEpisode] = []
        for (index, row) in one.rows.enumerated() {
            let sample = ActivitySample(sampledAt: moment(10 + Double(index)), rows: row.map { [$0] } ?? [])
            finished += tracker.observe(sample).transactions
        }
        #expect(finished == one.finished)
    }

    @Test("after missed samples, what the server proves is exact, and the rest counts with the last age seen")
    func interrupted() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, Self.running, activityRow(.active, query: 9, transaction: 9, pid: 8)))
        tracker.interrupt()
        let later = activitySample(
            100, activityRow(.idle, query: 8, changed: 50), activityRow(.idle, query: 80, changed: 81, pid: 8))
        #expect(tracker.observe(later).transactions == [.exact(42), .estimated(1)])
    }
}
