import Observations
import Testing

@testable import Collectors

@Suite("Activity tracker: sessions and slow statements")
struct ActivityTrackerSessionTests {
    @Test("a session counts in full when it has ended, between the looks; those of the first look were not opened")
    func lifetime() {
        var tracker = ActivityTracker()
        let first = tracker.observe(activitySample(10, activityRow(.idle, query: 2, started: 1)))
        #expect(first.opened.isEmpty && first.newOwners == [shopOwner])
        let second = tracker.observe(
            activitySample(11, activityRow(.idle, query: 2, started: 1), activityRow(.idle, pid: 8, started: 10.25)))
        #expect(second.opened == [shopOwner] && second.sessions.isEmpty)
        let third = tracker.observe(activitySample(12))
        #expect(third.sessions.map(\.seconds).sorted() == [1.25, 10.5])
        #expect(Set(third.sessions.map(\.end)) == [.estimated])
        #expect(tracker.observe(activitySample(13)) == ActivityEpisodes())
        #expect(tracker.count == 0)
    }

    @Test("a session caught in passing counts at most twice the age it had")
    func caughtInPassing() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10))
        _ = tracker.observe(activitySample(11, activityRow(.idle, started: 10.75)))
        #expect(tracker.observe(activitySample(12)).sessions == [.estimated(0.5)])
    }

    @Test("a pid that is used again is another session")
    func reusedPID() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.idle, started: 8)))
        let episodes = tracker.observe(activitySample(11, activityRow(.idle, started: 10.5)))
        #expect(episodes.sessions == [.estimated(2.5)])
        #expect(episodes.opened == [shopOwner])
    }

    @Test("the application name is the one last seen")
    func renamed() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.idle, started: 8, application: "")))
        let renamed = tracker.observe(activitySample(11, activityRow(.idle, started: 8)))
        #expect(renamed.newOwners == [shopOwner])
        #expect(tracker.observe(activitySample(12)).sessions.map(\.owner) == [shopOwner])
    }

    @Test("after a gap, sessions that opened in it are counted, and those that are gone count with the last age")
    func interrupted() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.idle, started: 8)))
        tracker.interrupt()
        let episodes = tracker.observe(activitySample(100, activityRow(.idle, pid: 9, started: 50)))
        #expect(episodes.sessions == [.estimated(2)])
        #expect(episodes.opened == [shopOwner])
    }

    @Test("a session whose times a privilege comes to hide has not ended, and one that comes to light is not new")
    func hiding() {
        var tracker = ActivityTracker()
        let open = activityRow(.idle, query: 3, changed: 4, started: 2)
        let hidden = ActivityRow(pid: 7, database: "app", user: "web", backendType: nil)
        _ = tracker.observe(activitySample(10, open))
        #expect(tracker.observe(activitySample(11, hidden)) == ActivityEpisodes())
        #expect(tracker.count == 0)
        let back = tracker.observe(activitySample(12, open))
        #expect(back.opened.isEmpty && back.statements.isEmpty)
    }

    @Test("a connection that is still logging in is no session")
    func starting() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10))
        let starting = ActivityRow(pid: 7, backendStart: moment(10.5), state: .starting)
        #expect(tracker.observe(activitySample(11, starting)) == ActivityEpisodes())
        let opened = tracker.observe(activitySample(12, activityRow(.idle, started: 10.5))).opened
        #expect(opened == [shopOwner])
    }

    private func slow(_ seconds: Double, user: String? = nil) -> SlowThresholds {
        var thresholds = SlowThresholds()
        thresholds.seconds = seconds
        if let user { thresholds.overrides = [SlowThresholds.Override(user: user, seconds: 60)] }
        return thresholds
    }

    @Test("a slow statement is counted once, at the sample where it has passed the threshold")
    func slowWhileRunning() {
        var tracker = ActivityTracker(slow: slow(2.5))
        let running = activityRow(.active, query: 9)
        #expect(tracker.observe(activitySample(10, running)).slow.isEmpty)
        #expect(tracker.observe(activitySample(11, running)).slow.isEmpty)
        #expect(tracker.observe(activitySample(12, running)).slow == [shopOwner])
        #expect(tracker.observe(activitySample(13, running)).slow.isEmpty)
        #expect(tracker.observe(activitySample(14, activityRow(.idle, query: 9, changed: 13.5))).slow.isEmpty)
    }

    @Test("one that passed it and ended between two samples is counted when it is found, seen running or not")
    func slowWhenFinished() {
        var tracker = ActivityTracker(slow: slow(0.5))
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 9.75), activityRow(.idle, pid: 8)))
        let episodes = tracker.observe(
            activitySample(
                11, activityRow(.idle, query: 9.75, changed: 10.5),
                activityRow(.idle, query: 10.25, changed: 10.875, pid: 8)))
        #expect(episodes.statements.map(\.seconds) == [0.75, 0.625])
        #expect(episodes.slow == [shopOwner, shopOwner])
    }

    @Test("the threshold is that of the role")
    func overridden() {
        var tracker = ActivityTracker(slow: slow(0.5, user: "web"))
        #expect(tracker.observe(activitySample(10, activityRow(.active, query: 0))).slow.isEmpty)
        #expect(tracker.observe(activitySample(60, activityRow(.active, query: 0))).slow == [shopOwner])
    }

    @Test("a statement is told with its id")
    func queryID() {
        var tracker = ActivityTracker()
        var row = activityRow(.active, query: 8)
        row.queryID = 42
        _ = tracker.observe(activitySample(10, row))
        #expect(tracker.observe(activitySample(11)).statements.map(\.queryID) == [42])
    }

    @Test("a fast-path call has no start of its own: it ends the statement before it, and is none")
    func fastpath() {
        var tracker = ActivityTracker()
        _ = tracker.observe(activitySample(10, activityRow(.active, query: 8)))
        let call = tracker.observe(activitySample(11, activityRow(.fastpath, query: 8, changed: 10.5)))
        #expect(call.statements.map(\.seconds) == [2.25])
        #expect(tracker.observe(activitySample(12, activityRow(.idle, query: 8, changed: 11.5))).statements.isEmpty)
    }
}
