import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Statement tracker")
struct StatementTrackerTests {
    private func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }

    /// A client backend that started at second 0.
    private func row(
        _ state: BackendState, query: Double?, changed: Double? = nil, pid: Int32 = 7, started: Double = 0
    ) -> ActivityRow {
        ActivityRow(
            pid: pid, backendStart: time(started), queryStart: query.map(time), stateChange: changed.map(time),
            state: state, database: "app", user: "web")
    }

    private func sample(_ at: Double, _ rows: ActivityRow...) -> ActivitySample {
        ActivitySample(sampledAt: time(at), rows: rows)
    }

    private func exact(_ seconds: Double) -> FinishedStatement {
        FinishedStatement(database: "app", seconds: seconds, end: .exact)
    }

    private func estimated(_ seconds: Double) -> FinishedStatement {
        FinishedStatement(database: "app", seconds: seconds, end: .estimated)
    }

    @Test("a statement seen running and then idle is counted once, with the server's own duration")
    func runningThenIdle() {
        var tracker = StatementTracker()
        #expect(tracker.observe(sample(10, row(.active, query: 9.5))).isEmpty)
        #expect(tracker.observe(sample(11, row(.active, query: 9.5))).isEmpty)
        #expect(tracker.observe(sample(12, row(.idle, query: 9.5, changed: 11.25))) == [exact(1.75)])
        #expect(tracker.observe(sample(13, row(.idle, query: 9.5, changed: 11.25))).isEmpty)
    }

    @Test(
        "a statement that began and ended between two samples is counted exactly",
        arguments: [
            BackendState.idle, .idleInTransaction, .idleInTransactionAborted,
        ])
    func between(state: BackendState) {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.idle, query: 5, changed: 6)))
        #expect(tracker.observe(sample(11, row(state, query: 10.25, changed: 10.5))) == [exact(0.25)])
    }

    @Test("what had ended before the first look is not counted; what was running then is, in full")
    func baseline() {
        var tracker = StatementTracker()
        #expect(tracker.observe(sample(10, row(.idle, query: 1, changed: 2), row(.active, query: 3, pid: 8))).isEmpty)
        let later = sample(11, row(.idle, query: 1, changed: 2), row(.idle, query: 3, changed: 10.5, pid: 8))
        #expect(tracker.observe(later) == [exact(7.5)])
    }

    @Test("a session that is new at the second look has its first statement counted")
    func newSession() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10))
        let row = row(.idle, query: 10.25, changed: 10.75, started: 10.125)
        #expect(tracker.observe(sample(11, row)) == [exact(0.5)])
    }

    @Test("when newer work hides the end, the midpoint between the last age and the next start is estimated")
    func overwritten() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 8)))
        // Between 2 s (seen at 10) and 2.5 s (the next statement began at 10.5).
        #expect(tracker.observe(sample(11, row(.active, query: 10.5))) == [estimated(2.25)])
        #expect(tracker.observe(sample(12, row(.idle, query: 10.5, changed: 11.5))) == [exact(1)])
    }

    @Test("a short statement caught in passing is not taken for a long one: at most twice the age it had")
    func caughtInPassing() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 9.999)))
        #expect(tracker.observe(sample(11, row(.active, query: 10.9995))) == [estimated(0.002)])
    }

    @Test("newer work that has itself ended yields an estimated and an exact statement")
    func overwrittenAndEnded() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 8)))
        #expect(
            tracker.observe(sample(11, row(.idle, query: 10.5, changed: 10.75))) == [estimated(2.25), exact(0.25)])
    }

    @Test("a statement whose session is gone is estimated between the last age and this sample")
    func gone() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 9)))
        #expect(tracker.observe(sample(11)) == [estimated(1.5)])
        #expect(tracker.observe(sample(12)).isEmpty)
    }

    @Test("after missed samples, what vanished counts with the last age seen, not with the length of the gap")
    func interrupted() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 9)))
        tracker.interrupt()
        #expect(tracker.observe(sample(3600)) == [estimated(1)])
    }

    @Test("a pid that is used again is another session")
    func reusedPID() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10, row(.active, query: 9)))
        let reused = row(.idle, query: 10.75, changed: 10.875, started: 10.5)
        let finished = tracker.observe(sample(11, reused))
        #expect(Set(finished.map(\.end)) == [.exact, .estimated])
        #expect(finished.contains(exact(0.125)))
        #expect(finished.contains(estimated(1.5)))
    }

    @Test("background processes, our own session and rows whose times are hidden are not followed")
    func others() {
        var tracker = StatementTracker()
        _ = tracker.observe(sample(10))
        var walsender = row(.idle, query: 10.1, changed: 10.2)
        walsender.backendType = "walsender"
        var own = row(.idle, query: 10.1, changed: 10.2, pid: 8)
        own.isSelf = true
        let hidden = ActivityRow(pid: 9, database: "app", user: "web", backendType: nil)
        #expect(tracker.observe(ActivitySample(sampledAt: time(11), rows: [walsender, own, hidden])).isEmpty)
    }

    /// A session that runs statements one after another with pauses; the truth is known.
    private struct Scripted {
        let pid: Int32
        let started: Double
        let statements: [(start: Double, end: Double)]

        init(pid: Int32, using random: inout SeededRandom) {
            self.pid = pid
            started = Double.random(in: 0..<5, using: &random)
            var clock = started
            statements = (0..<40).map { _ in
                let start = clock + Double.random(in: 0.001..<1.5, using: &random)
                let isLong = Bool.random(using: &random)
                clock = start + Double.random(in: isLong ? 1.01..<4 : 0.001..<0.5, using: &random)
                return (start, clock)
            }
        }
    }

    private func look(at session: Scripted, _ now: Double) -> ActivityRow? {
        guard now >= session.started, now <= session.statements.last!.end + 2 else { return nil }
        guard let current = session.statements.last(where: { $0.start <= now }) else {
            return row(.idle, query: nil, pid: session.pid, started: session.started)
        }
        return current.end <= now
            ? row(.idle, query: current.start, changed: current.end, pid: session.pid, started: session.started)
            : row(.active, query: current.start, changed: current.start, pid: session.pid, started: session.started)
    }

    @Test("whatever the interleaving: nothing that lasted an interval is lost or counted twice", arguments: 0..<40)
    func property(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let sessions = (0..<12).map { Scripted(pid: Int32($0), using: &random) }
        var tracker = StatementTracker()
        var finished = tracker.observe(sample(0))
        var now = 0.0
        while now < 200 {
            now += Double.random(in: 0.8...1, using: &random)
            finished += tracker.observe(
                ActivitySample(sampledAt: time(now), rows: sessions.compactMap { look(at: $0, now) }))
        }
        let truth = sessions.flatMap(\.statements).map { $0.end - $0.start }
        let long = truth.filter { $0 > 1 }.sorted()
        // Each exact one is one of the truth, and none of the truth is there twice.
        let exactLong = finished.filter { $0.end == .exact && $0.seconds > 1 }.map(\.seconds).sorted()
        var remaining = long[...]
        for seconds in exactLong {
            let match = remaining.firstIndex { abs($0 - seconds) < 0.000_01 }
            guard let match else {
                Issue.record("\(seconds) s was counted twice, or never happened")
                return
            }
            remaining = remaining[(match + 1)...]
        }
        let estimatedCount = finished.count { $0.end == .estimated }
        #expect(exactLong.count + estimatedCount >= long.count)
        #expect(finished.count <= truth.count)
        #expect(finished.allSatisfy { $0.seconds >= 0 })
    }
}
