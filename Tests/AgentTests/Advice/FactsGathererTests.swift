import Advisor
import Collectors
import Observations
import TestSupport
import Testing

@testable import Agent

@Suite("The load among the facts of a target")
struct FactsGathererTests {
    private func tick(
        _ facts: inout Facts, at time: Double, xacts: Double, waiting: Double = 0
    ) {
        facts.beginTick(at: time)
        let numbers = [
            "xact_count": xacts, "query_count": xacts, "xact_time": xacts * 20_000, "query_time": xacts * 20_000,
            "wait_time": 0,
        ]
        facts.set([PgBouncerTotals(database: "shop", numbers: numbers)], for: BouncerTotalsSource.self)
        facts.set(
            [
                PgBouncerPool(
                    database: "shop", user: "web", poolMode: "transaction",
                    numbers: ["sv_active": 2, "cl_waiting": waiting])
            ], for: BouncerPoolsSource.self)
    }

    @Test("a pooler's is measured from look to look, and a new minute of checks does not begin it anew")
    func bouncer() throws {
        var gatherer = FactsGatherer(.pgbouncer, isEndless: true)
        var facts = Facts()
        for second in 0...240 {
            tick(&facts, at: 1_000 + Double(second), xacts: Double(second) * 100)
            gatherer.observe(facts, at: 1_000 + Double(second))
            if second % 60 == 30 { gatherer.turn() }
        }
        let load = try gatherer.bouncer(facts).load.get()
        #expect(load.window == 240 && load.arrivalRate == 100 && abs(load.load - 2) < 1e-9)
        // A look in five seconds is enough for an agent.
        #expect(load.readings == 49)
    }

    @Test("a check that lasts looks at every tick")
    func look() throws {
        var gatherer = FactsGatherer(.pgbouncer, isEndless: false)
        var facts = Facts()
        for second in 0...40 {
            tick(&facts, at: Double(second), xacts: Double(second) * 100, waiting: second < 20 ? 0 : 1)
            gatherer.observe(facts, at: Double(second))
        }
        let load = try gatherer.bouncer(facts).load.get()
        #expect(load.readings == 41 && load.waitingShare == 21.0 / 41)
    }

    @Test("a server's comes from its counters and the sessions that are in use")
    func server() throws {
        let fixture = PostgresFixture.all[6]
        let sample = try ActivitySource.decode(fixture.activity)
        let inUse = try #require(SessionsInUse.count(sample))
        let expected = sample.rows.count { $0.isClientBackend && !$0.isSelf && $0.state != .idle && $0.state != nil }
        #expect(expected > 0 && inUse.values.reduce(0, +) == expected)
        var gatherer = FactsGatherer(.postgres, isEndless: false)
        var facts = Facts()
        for second in stride(from: 0.0, through: 60, by: 10) {
            facts.beginTick(at: second)
            facts.set(sample, for: ActivitySource.self)
            let numbers = [
                "xact_commit": second * 10, "xact_rollback": 0, "active_time": second * 3_000,
                "idle_in_transaction_time": second * 1_000,
            ]
            facts.set(
                [DatabaseStatistics(id: 5, name: "shop", connectionLimit: -1, statsReset: nil, numbers: numbers)],
                for: DatabasesSource.self)
            gatherer.observe(facts, at: second)
        }
        let load = try gatherer.server(facts, leaks: nil).load.get()
        #expect(load.origin == .postgres && load.window == 60 && load.workingShare == 0.75)
        #expect(load.load == 4 && load.arrivalRate == 10)
    }
}
