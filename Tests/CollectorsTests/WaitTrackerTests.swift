import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Wait tracker")
struct WaitTrackerTests {
    /// A client that has waited since second `since`, as it is seen at second `at`.
    private func waiting(
        _ number: UInt64, at: Double, since: Double, user: String = "web", connected: Int64 = 0
    ) -> PgBouncerClient {
        PgBouncerClient(
            database: "app", user: user, state: "waiting", connectedAt: PgBouncerTime(localSeconds: connected),
            requestedAt: PgBouncerTime(localSeconds: Int64(since)), wait: at - since, pointer: number)
    }

    private func active(_ number: UInt64, wait: Double = 0) -> PgBouncerClient {
        PgBouncerClient(
            database: "app", user: "web", state: "active", connectedAt: PgBouncerTime(localSeconds: 0), wait: wait,
            pointer: number)
    }

    /// The rows at second `at`, our console session, which began at second 0, among them.
    private func read(_ at: Double, _ clients: PgBouncerClient..., console: Bool = true) -> [PgBouncerClient] {
        let ours = PgBouncerClient(
            database: "pgbouncer", user: "poolscope", state: "active", connectedAt: PgBouncerTime(localSeconds: 0),
            requestedAt: PgBouncerTime(localSeconds: Int64(at)), wait: console ? at : 0, pointer: 1)
        return [ours] + clients
    }

    private func ended(_ shortest: Double, _ longest: Double, _ end: EndedWait.End) -> EndedWait {
        EndedWait(database: "app", user: "web", shortest: shortest, longest: longest, end: end)
    }

    @Test("a client seen waiting and then active was served, between the last wait and the next read")
    func served() {
        var tracker = WaitTracker()
        #expect(tracker.observe(read(10, waiting(7, at: 10, since: 8))).isFirst)
        #expect(tracker.observe(read(11, waiting(7, at: 11, since: 8))).ended.isEmpty)
        let reading = tracker.observe(read(12.5, active(7, wait: 4.5)))
        #expect(reading.elapsed == 1.5)
        #expect(reading.ended == [ended(3, 4.5, .served)])
        #expect(reading.ended.map(\.estimate) == [3.75])
        #expect(tracker.waitingCount == 0)
    }

    @Test("a wait caught in passing is not taken for a long one: at most twice the length it had")
    func caughtInPassing() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9.75)))
        #expect(tracker.observe(read(11, active(7))).ended.map(\.estimate) == [0.5])
    }

    @Test("a client that waits again is two waits, and the second began after the first had ended")
    func waitsAgain() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9)))
        let reading = tracker.observe(read(11, waiting(7, at: 11, since: 10.5)))
        #expect(reading.ended == [ended(1, 1.5, .served)])
        #expect(reading.begun == ["app": 1])
        #expect(tracker.observe(read(12, waiting(7, at: 12, since: 10.5))).begun.isEmpty)
    }

    @Test("a client that is active with a newer query was served before that query came")
    func newerQuery() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9)))
        #expect(tracker.observe(read(11, active(7, wait: 0.75))).ended == [ended(1, 1.25, .served)])
    }

    @Test("a client that is gone may have been served, unless one that had waited longer still waits")
    func gone() {
        var tracker = WaitTracker()
        _ = tracker.observe(
            read(10, waiting(7, at: 10, since: 9), waiting(8, at: 10, since: 9.5), waiting(9, at: 10, since: 8.5)))
        let reading = tracker.observe(read(11, waiting(7, at: 11, since: 9)))
        #expect(
            reading.ended.sorted { $0.shortest < $1.shortest } == [
                ended(0.5, 1.5, .notServed), ended(1.5, 2.5, .gone),
            ])
    }

    @Test("the queues of other users say nothing of whose turn it was")
    func otherPools() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9), waiting(8, at: 10, since: 5, user: "jobs")))
        let reading = tracker.observe(read(11, waiting(8, at: 11, since: 5, user: "jobs")))
        #expect(reading.ended == [ended(1, 2, .gone)])
    }

    @Test("a pointer that is used again is another client")
    func pointerReused() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9)))
        let reading = tracker.observe(read(11, waiting(7, at: 11, since: 10.5, connected: 10)))
        #expect(reading.ended == [ended(1, 2, .gone)])
    }

    @Test("without a console session of before, a waiting client is the clock, and without one whole seconds are")
    func clocks() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9), console: false))
        #expect(tracker.observe(read(11.25, waiting(7, at: 11.25, since: 9), console: false)).elapsed == 1.25)
        #expect(tracker.observe(read(13.25, active(7), console: false)).elapsed == 2)
    }

    @Test("who waits to be logged in has no age: it is the time for which it was seen")
    func login() {
        var tracker = WaitTracker()
        func login(_ connected: Int64) -> PgBouncerClient {
            PgBouncerClient(
                database: "app", user: "web", state: "waiting", connectedAt: PgBouncerTime(localSeconds: connected),
                pointer: 7)
        }
        _ = tracker.observe(read(10))
        #expect(tracker.observe(read(11, login(10))).begun.isEmpty)
        _ = tracker.observe(read(12, login(10)))
        let reading = tracker.observe(read(13, waiting(7, at: 13, since: 12.5, connected: 10)))
        #expect(reading.ended == [ended(2, 2.5, .served)])
        #expect(reading.begun == ["app": 1])
    }

    @Test("after a gap of more than a minute, or a clock set back, all begins anew", arguments: [71.0, 5])
    func gap(at: Double) {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9)))
        let reading = tracker.observe(read(at, active(7)))
        #expect(reading.isFirst)
        #expect(reading.ended.isEmpty)
    }

    @Test("a restart cuts off all who waited; who waits afterwards is new")
    func restart() {
        var tracker = WaitTracker()
        _ = tracker.observe(read(10, waiting(7, at: 10, since: 9)))
        let reading = tracker.observe(read(14, waiting(7, at: 14, since: 13.5)), isRestart: true)
        #expect(reading.ended == [ended(1, 1, .notServed)])
        #expect(reading.begun == ["app": 1])
        #expect(!reading.isFirst)
    }

    @Test("only waiting clients are kept, and no more than the limit")
    func bounded() {
        var tracker = WaitTracker()
        let idle = (0..<10_000).map { active(UInt64($0) + 100) }
        _ = tracker.observe(read(10) + idle)
        #expect(tracker.waitingCount == 0)
        let many = (0..<UInt64(WaitTracker.limit) + 5_000).map { waiting($0 + 100, at: 11, since: 10) }
        _ = tracker.observe(read(11) + many)
        #expect(tracker.waitingCount == WaitTracker.limit)
    }

    @Test("10,000 waiting clients that come and go cost a read some milliseconds, and nothing is left of them")
    func cost() {
        var tracker = WaitTracker()
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for tick in 0..<50 {
            let at = Double(tick) + 10
            let clients = (0..<10_000).map {
                waiting(UInt64(tick * 5_000 + $0), at: at, since: at - 1.25 + Double($0 / 5_000))
            }
            let rows = read(at) + clients
            slowest = max(slowest, clock.measure { _ = tracker.observe(rows) })
        }
        #expect(tracker.waitingCount == 10_000)
        // Unoptimised, on a busy machine; what it must not be is seconds.
        #expect(slowest < .seconds(5))
        print("wait tracker: slowest of 50 reads of 10,000 waiting clients \(slowest)")
        _ = tracker.observe(read(61))
        #expect(tracker.waitingCount == 0)
    }
}
