import Observations
import Testing

@testable import Advisor

@Suite("the ledger of sessions")
struct SessionLedgerTests {
    private func time(_ seconds: Double) -> ServerTime { ServerTime(unixSeconds: 1_800_000_000 + seconds) }

    private func row(
        _ pid: Int32, start: Double, state: BackendState = .idle, since: Double = 0, application: String = "web",
        port: Int32? = nil, isSelf: Bool = false
    ) -> ActivityRow {
        ActivityRow(
            pid: pid, backendStart: time(start), stateChange: time(since), state: state, database: "shop", user: "web",
            applicationName: application, isSelf: isSelf, clientAddress: "10.0.0.9", clientPort: port)
    }

    @Test("nothing is known before the first sample")
    func empty() {
        #expect(SessionLedger().survey == nil)
    }

    @Test("sessions that begin and end during the watch are counted once, a reused pid too")
    func churn() throws {
        var ledger = SessionLedger()
        ledger.observe(ActivitySample(sampledAt: time(0), rows: [row(1, start: -50), row(2, start: -2)]))
        ledger.observe(ActivitySample(sampledAt: time(1), rows: [row(1, start: -50), row(2, start: 0.5)]))
        ledger.observe(ActivitySample(sampledAt: time(2), rows: [row(1, start: -50)]))
        let survey = try #require(ledger.survey)
        let group = try #require(survey.groups.first)
        #expect(survey.samples == 3 && survey.seconds == 2)
        #expect(group.opened == 1 && group.closed == 2 && group.peak == 2 && group.current == 1)
        // As seen last: 2 s of the first one, 0.5 s of the second.
        #expect(group.closedSeconds == 2.5)
        #expect(group.oldestSession == 52)
    }

    @Test("our own sessions and background processes are not in it")
    func ours() throws {
        var ledger = SessionLedger()
        var worker = row(2, start: 0)
        worker.backendType = "parallel worker"
        let agent = row(3, start: 0, application: "poolscope")
        ledger.observe(ActivitySample(sampledAt: time(1), rows: [row(1, start: 0, isSelf: true), worker, agent]))
        #expect(try #require(ledger.survey).groups.isEmpty)
    }

    @Test("idle in transaction is followed by its longest")
    func idleInTransaction() throws {
        var ledger = SessionLedger()
        let idle = BackendState.idleInTransaction
        ledger.observe(ActivitySample(sampledAt: time(9), rows: [row(1, start: 0, state: idle, since: 1)]))
        ledger.observe(ActivitySample(sampledAt: time(10), rows: [row(1, start: 0, state: .idle, since: 9.5)]))
        let group = try #require(ledger.survey?.groups.first)
        #expect(group.longestIdleInTransaction == 8 && group.idleInTransaction == 0 && group.idle == 1)
    }

    @Test("a pooler's connections are known by process and port, and by the names poolers have")
    func pooled() throws {
        let poolers = PoolerConnections([
            PgBouncerServer(database: "shop", user: "web", state: "idle", localPort: 40_000, pointer: 1, remotePID: 1),
            PgBouncerServer(database: "shop", user: "web", state: "idle", localPort: 40_001, pointer: 2, remotePID: 2),
        ])
        var ledger = SessionLedger()
        let rows = [
            row(1, start: 0, port: 40_000), row(2, start: 0, port: 50_000), row(3, start: 0, application: "Supavisor"),
        ]
        ledger.observe(ActivitySample(sampledAt: time(1), rows: rows), poolers: poolers)
        let survey = try #require(ledger.survey)
        #expect(survey.count(\.pooled) == 2 && survey.count(\.direct) == 1)
    }

    @Test("a new watch begins with the sessions that are there")
    func turn() throws {
        var ledger = SessionLedger()
        ledger.observe(ActivitySample(sampledAt: time(0), rows: [row(1, start: -1)]))
        ledger.observe(ActivitySample(sampledAt: time(1), rows: [row(1, start: -1), row(2, start: 0.5)]))
        ledger.turn()
        ledger.observe(ActivitySample(sampledAt: time(2), rows: [row(1, start: -1), row(3, start: 1.5)]))
        let group = try #require(ledger.survey?.groups.first)
        #expect(group.opened == 1 && group.closed == 1 && group.current == 2)
    }

    @Test("however many names clients invent, groups are bounded and the rest is counted")
    func bounded() throws {
        var ledger = SessionLedger()
        let rows = (1...600).map { row(Int32($0), start: 0, application: "app\($0)") }
        ledger.observe(ActivitySample(sampledAt: time(1), rows: rows))
        let survey = try #require(ledger.survey)
        #expect(survey.groups.count == SessionLedger.groupLimit && survey.omittedSessions == 100)
        #expect(survey.current == 600)
    }
}
