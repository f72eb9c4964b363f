import Observations
import Testing

@testable import Collectors

@Suite("Activity tracker: statements")
struct ActivityTrackerStatementTests {
    private func exact(_ seconds: Double) -> FinishedStatement { finished(seconds, .exact) }

    private func estimated(_ seconds: Double) -> FinishedStatement { finished(seconds, .estimated) }

    private func finished(_ seconds: Double, _ end: EpisodeEnd) -> FinishedStatement {
        FinishedStatement(
            database: "app", user: "web", application: "shop", seconds: seconds, end: end,
            slowClient: seconds >= 5 ? "shop" : nil)
    }

    @Test("a statement seen running and then idle is counted once, with the server's own duration")
    func runningThenIdle() {
        var tracker = ActivityTracker()
        #expect(tracker.statements(activitySample(10, activityRow(.active, query: 9.5))).isEmpty)
        #expect(tracker.statements(activitySample(11, activityRow(.active, query: 9.5))).isEmpty)
        #expect(tracker.statements(activitySample(12, activityRow(.idle, query: 9.5, changed: 11.25))) == [exact(1.75)])
        #expect(tracker.statements(activitySample(13, activityRow(.idle, query: 9.5, changed: 11.25))).isEmpty)
    }

    @Test(
        "a statement that began and ended between two samples is counted exactly",
        arguments: [
            BackendState.idle, .idleInTransaction, .idleInTransactionAborted,
        ])
    func between(state: BackendState) {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.idle, query: 5, changed: 6)))
        #expect(
            tracker.statements(activitySample(11, activityRow(state, query: 10.25, changed: 10.5))) == [exact(0.25)])
    }

    @Test("what had ended before the first look is not counted; what was running then is, in full")
    func baseline() {
        var tracker = ActivityTracker()
        #expect(
            tracker.statements(
                activitySample(10, activityRow(.idle, query: 1, changed: 2), activityRow(.active, query: 3, pid: 8))
            ).isEmpty)
        let later = activitySample(
            11, activityRow(.idle, query: 1, changed: 2), activityRow(.idle, query: 3, changed: 10.5, pid: 8))
        #expect(tracker.statements(later) == [exact(7.5)])
    }

    @Test("a session that is new at the second look has its first statement counted")
    func newSession() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10))
        let row = activityRow(.idle, query: 10.25, changed: 10.75, started: 10.125)
        #expect(tracker.statements(activitySample(11, row)) == [exact(0.5)])
    }

    @Test("when newer work hides the end, the midpoint between the last age and the next start is estimated")
    func overwritten() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 8)))
        // Between 2 s (seen at 10) and 2.5 s (the next statement began at 10.5).
        #expect(tracker.statements(activitySample(11, activityRow(.active, query: 10.5))) == [estimated(2.25)])
        #expect(tracker.statements(activitySample(12, activityRow(.idle, query: 10.5, changed: 11.5))) == [exact(1)])
    }

    @Test("a short statement caught in passing is not taken for a long one: at most twice the age it had")
    func caughtInPassing() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 9.999)))
        #expect(tracker.statements(activitySample(11, activityRow(.active, query: 10.9995))) == [estimated(0.002)])
    }

    @Test("newer work that has itself ended yields an estimated and an exact statement")
    func overwrittenAndEnded() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 8)))
        #expect(
            tracker.statements(activitySample(11, activityRow(.idle, query: 10.5, changed: 10.75))) == [
                estimated(2.25), exact(0.25),
            ])
    }

    @Test("a statement whose session is gone is estimated between the last age and this sample")
    func gone() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 9)))
        #expect(tracker.statements(activitySample(11)) == [estimated(1.5)])
        #expect(tracker.statements(activitySample(12)).isEmpty)
    }

    @Test("after missed samples, what vanished counts with the last age seen, not with the length of the gap")
    func interrupted() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 9)))
        tracker.interrupt()
        #expect(tracker.statements(activitySample(3600)) == [estimated(1)])
    }

    @Test("a pid that is used again is another session")
    func reusedPID() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 9)))
        let reused = activityRow(.idle, query: 10.75, changed: 10.875, started: 10.5)
        let finished = tracker.statements(activitySample(11, reused))
        #expect(Set(finished.map(\.end)) == [.exact, .estimated])
        #expect(finished.contains(exact(0.125)))
        #expect(finished.contains(estimated(1.5)))
    }

    @Test("background processes, our own session and rows whose times are hidden are not followed")
    func others() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10))
        var walsender = activityRow(.idle, query: 10.1, changed: 10.2)
        walsender.backendType = "walsender"
        var own = activityRow(.idle, query: 10.1, changed: 10.2, pid: 8)
        own.isSelf = true
        let hidden = ActivityRow(pid: 9, database: "app", user: "web", backendType: nil)
        #expect(tracker.statements(ActivitySample(sampledAt: moment(11), rows: [walsender, own, hidden])).isEmpty)
    }
}
