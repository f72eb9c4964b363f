import Observations
import Testing

@testable import Collectors

@Suite("Activity tracker: idle in transaction")
struct ActivityTrackerIdleTests {
    private struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Rows at seconds 10, 11, …; nil where the session is not there.
        let rows: [ActivityRow?]
        let finished: [FinishedEpisode]
    }

    private static let idling = activityRow(.idleInTransaction, query: 7, changed: 8, transaction: 6)

    private static let cases = [
        Case(
            testDescription: "it ends where the next statement begins",
            rows: [idling, idling, activityRow(.active, query: 11.25, transaction: 6)],
            finished: [.estimated(3.25)]),
        Case(
            testDescription: "it ends where COMMIT begins",
            rows: [idling, activityRow(.idle, query: 10.25, changed: 10.5)], finished: [.estimated(2.25)]),
        Case(
            testDescription: "idle again after one more statement: that is another",
            rows: [
                idling, activityRow(.idleInTransaction, query: 10.25, changed: 10.5, transaction: 6),
                activityRow(.active, query: 11.5, transaction: 6),
            ], finished: [.estimated(2.25), .estimated(1)]),
        Case(
            testDescription: "an aborted transaction idles, too",
            rows: [
                activityRow(.idleInTransactionAborted, query: 7, changed: 8),
                activityRow(.idle, query: 10.25, changed: 10.5),
            ], finished: [.estimated(2.25)]),
        Case(
            testDescription: "caught in passing: at most twice the age",
            rows: [
                activityRow(.idleInTransaction, query: 9, changed: 9.75, transaction: 6),
                activityRow(.active, query: 10.9, transaction: 6),
            ], finished: [.estimated(0.5)]),
        Case(
            testDescription: "a new time of going idle without a new statement: the midpoint",
            rows: [idling, activityRow(.idleInTransaction, query: 7, changed: 10.5, transaction: 6)],
            finished: [.estimated(2.25)]),
        Case(
            testDescription: "a session that is gone: the midpoint", rows: [idling, nil], finished: [.estimated(2.5)]),
        Case(
            testDescription: "one that came and went between two looks is not counted",
            rows: [
                activityRow(.active, query: 9, transaction: 6), activityRow(.active, query: 10.5, transaction: 6),
            ], finished: []),
    ]

    @Test("ends of idling", arguments: cases)
    private func ends(of one: Case) {
        var tracker = ActivityTracker()
        var finished: [FinishedEpisode] = []
        for (index, row) in one.rows.enumerated() {
            let sample = ActivitySample(sampledAt: moment(10 + Double(index)), rows: row.map { [$0] } ?? [])
            finished += tracker.observe(sample).idleInTransaction
        }
        #expect(finished == one.finished)
    }

    @Test("after missed samples it counts with the last age seen")
    func interrupted() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, Self.idling))
        tracker.interrupt()
        let later = activitySample(100, activityRow(.active, query: 99, transaction: 6))
        #expect(tracker.observe(later).idleInTransaction == [.estimated(2)])
    }
}
