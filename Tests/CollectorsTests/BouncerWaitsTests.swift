import Exposition
import Observations
import PoolVocabulary
import TestSupport
import Testing

@testable import Collectors

@Suite("PgBouncer's waits against a simulated truth")
struct BouncerWaitsTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let settings: SimulatedBouncer.Settings
        var seconds = 60
        /// Ticks between two reads of the clients.
        var stretch = 1
        /// Whether quantiles must be in the very bucket: where waits are alike, and not near a bound.
        var isUniform = false
    }

    static let scenarios = [
        Scenario(testDescription: "a fast queue", settings: .init()),
        Scenario(
            testDescription: "waits of a fifth of a second",
            settings: .init(servers: 1, clients: 4, service: 62...68, thinking: 0...8), isUniform: true),
        Scenario(
            testDescription: "waits of a fifth of a second, counted by transactions",
            settings: .init(servers: 1, clients: 4, service: 62...68, thinking: 0...8, counts: .transactions),
            isUniform: true),
        Scenario(testDescription: "a fast queue, counted by transactions", settings: .init(counts: .transactions)),
        Scenario(
            testDescription: "a slow queue",
            settings: .init(servers: 1, clients: 6, service: 700...1_300, thinking: 0...500)),
        Scenario(
            testDescription: "a slow queue, counted by transactions",
            settings: .init(servers: 1, clients: 6, service: 700...1_300, thinking: 0...500, counts: .transactions)),
        Scenario(
            testDescription: "a slow queue read at every third tick",
            settings: .init(servers: 1, clients: 20, service: 700...1_300), stretch: 3),
        Scenario(
            testDescription: "clients that leave when they were served",
            settings: .init(servers: 2, clients: 8, service: 300...900, thinking: 0...200, leaves: true)),
        Scenario(
            testDescription: "clients that leave when they were served, counted by transactions",
            settings: .init(
                servers: 2, clients: 8, service: 300...900, thinking: 0...200, leaves: true, counts: .transactions)),
        Scenario(
            testDescription: "no queue",
            settings: .init(servers: 10, clients: 5, service: 1...40, thinking: 0...40)),
        Scenario(
            testDescription: "waits of all lengths",
            settings: .init(servers: 3, clients: 12, service: 1...2_000, thinking: 0...1_000)),
    ]

    private func tick(
        _ bouncer: inout SimulatedBouncer, _ collector: inout BouncerWaitsCollector, readsClients: Bool = true
    ) {
        var facts = Facts()
        facts.beginTick()
        facts.set(bouncer.pools, for: BouncerPoolsSource.self)
        facts.set(bouncer.totals, for: BouncerTotalsSource.self)
        // Between the two reads of a tick the world goes on.
        bouncer.run(milliseconds: 4)
        if readsClients { facts.set(bouncer.rows, for: BouncerClientsSource.self) }
        collector.observe(facts)
    }

    private func histogram(_ collector: BouncerWaitsCollector) throws -> Histogram {
        let labels: Labels = ["pooler": "pgbouncer", "database": "app", "user": ""]
        guard
            case .histogram(let histogram) = emitted(by: collector, isUp: true).value(
                "poolscope_pool_wait_seconds", labels)
        else { throw DecodeError("no histogram") }
        return histogram
    }

    private func abandoned(_ collector: BouncerWaitsCollector) -> Double {
        let labels: Labels = ["pooler": "pgbouncer", "database": "app", "user": "web"]
        guard
            case .number(let count) = emitted(by: collector, isUp: true).value(
                "poolscope_pool_waits_abandoned_total", labels)
        else { return -1 }
        return count
    }

    /// The index of the bucket that holds a quantile.
    private func bucket(_ share: Double, of histogram: Histogram) -> Int {
        let rank = UInt64((share * Double(histogram.count)).rounded(.up))
        var seen: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            seen += count
            if seen >= rank { return index }
        }
        return histogram.counts.count
    }

    @Test(
        "count and sum follow the truth, never fall, and slow waits are in their buckets", arguments: scenarios, 0..<6)
    func follows(scenario: Scenario, seed: UInt64) throws {
        var bouncer = SimulatedBouncer(scenario.settings, seed: seed)
        var collector = BouncerWaitsCollector(target: pooler)
        tick(&bouncer, &collector)
        // What was before the first look is not ours.
        let before = bouncer.waits.count
        var last = Histogram(bounds: PoolFamilies.wait.buckets)
        for second in 1...scenario.seconds {
            bouncer.run(milliseconds: 996)
            tick(&bouncer, &collector, readsClients: second % scenario.stretch == 0)
            let now = try histogram(collector)
            #expect(zip(now.counts, last.counts).allSatisfy { $0 >= $1 })
            #expect(now.sum >= last.sum && now.sum.isFinite)
            last = now
        }
        let waits = bouncer.waits.dropFirst(before)
        let sum = waits.reduce(0, +)
        // What is under way at the end: one settlement, and those that are gone but not yet judged.
        let slack = Double(scenario.settings.clients)
        let longest = waits.max() ?? 0
        #expect(abs(last.sum - sum) <= 0.02 * sum + slack * longest, "\(last.sum) instead of \(sum)")
        #expect(
            abs(Double(last.count) - Double(waits.count)) <= 0.02 * Double(waits.count) + slack,
            "\(last.count) instead of \(waits.count)")
        // Of those that leave as soon as they were served, one in a hundred may be taken for one that gave up.
        #expect(abandoned(collector) <= (scenario.settings.leaves ? 0.01 * Double(waits.count) : 0))
        var truth = Histogram(bounds: PoolFamilies.wait.buckets)
        for wait in waits { truth.observe(wait) }
        for share in [0.95, 0.99] {
            #expect(
                abs(bucket(share, of: last) - bucket(share, of: truth)) <= (scenario.isUniform ? 0 : 1),
                "p\(share * 100)")
        }
    }

    @Test(
        "clients that give up are counted, those that are served are not",
        arguments: [WaitCountBasis.assignments, .transactions], 0..<6 as Range<UInt64>)
    func abandoned(counts: WaitCountBasis, seed: UInt64) throws {
        let settings = SimulatedBouncer.Settings(
            servers: 1, clients: 8, service: 800...1_200, thinking: 0...300, patience: 3_000...9_000, counts: counts)
        var bouncer = SimulatedBouncer(settings, seed: seed)
        var collector = BouncerWaitsCollector(target: pooler)
        for _ in 0..<120 {
            tick(&bouncer, &collector)
            bouncer.run(milliseconds: 996)
        }
        #expect(bouncer.abandoned > 10)
        let found = abandoned(collector)
        #expect(abs(found - Double(bouncer.abandoned)) <= 0.1 * Double(bouncer.abandoned) + 2, "\(found)")
    }

    @Test("an outage with query_wait_timeout: nobody is served, all are counted", arguments: 0..<4 as Range<UInt64>)
    func outage(seed: UInt64) throws {
        var settings = SimulatedBouncer.Settings(servers: 1, clients: 10, thinking: 0...200)
        settings.patience = 5_000...5_333
        var bouncer = SimulatedBouncer(settings, seed: seed)
        var collector = BouncerWaitsCollector(target: pooler)
        bouncer.isPaused = true
        for _ in 0..<60 {
            tick(&bouncer, &collector)
            bouncer.run(milliseconds: 996)
        }
        tick(&bouncer, &collector)
        tick(&bouncer, &collector)
        #expect(bouncer.abandoned > 80)
        #expect(abs(abandoned(collector) - Double(bouncer.abandoned)) <= 10)
        #expect(try histogram(collector).count == 0)
    }

    @Test("session mode before 1.23: the sum follows, by the fewest waits", arguments: 0..<4 as Range<UInt64>)
    func sessions(seed: UInt64) throws {
        var bouncer = SimulatedBouncer(.init(leaves: true, counts: .unknown), seed: seed)
        var collector = BouncerWaitsCollector(target: pooler)
        for _ in 0..<60 {
            tick(&bouncer, &collector)
            bouncer.run(milliseconds: 996)
        }
        let found = try histogram(collector)
        #expect(abs(found.sum - bouncer.sum) <= 0.05 * bouncer.sum + 6)
        #expect(found.count > 0 && Double(found.count) <= Double(bouncer.waits.count))
    }

    @Test("a restart cuts off who waits, and what the counters show then is no spike")
    func restart() throws {
        var bouncer = SimulatedBouncer(.init(servers: 1, clients: 5, service: 60_000...60_000), seed: 1)
        var collector = BouncerWaitsCollector(target: pooler)
        for _ in 0..<5 {
            tick(&bouncer, &collector)
            bouncer.run(milliseconds: 996)
        }
        #expect(bouncer.waiting == 4)
        collector.miss(.refused)
        var facts = Facts()
        facts.beginTick()
        facts.set(bouncer.pools, for: BouncerPoolsSource.self)
        facts.set([PgBouncerTotals](), for: BouncerTotalsSource.self)
        facts.set(Array(bouncer.rows.prefix(1)), for: BouncerClientsSource.self)
        collector.observe(facts)
        #expect(abandoned(collector) == 4)
        #expect(try histogram(collector).count <= 1)
    }

    @Test("nothing is added over a gap of more than a minute")
    func gap() throws {
        var bouncer = SimulatedBouncer(.init(), seed: 1)
        var collector = BouncerWaitsCollector(target: pooler)
        tick(&bouncer, &collector)
        collector.miss(.timeout)
        bouncer.run(milliseconds: 70_000)
        tick(&bouncer, &collector)
        #expect(try histogram(collector).count == 0)
        bouncer.run(milliseconds: 1_000)
        tick(&bouncer, &collector)
        #expect(try histogram(collector).count > 0)
    }

    @Test("in a tick the counters are read before the clients")
    func order() throws {
        let names = Collectors.sources(for: .pgbouncer).map { $0.name }
        #expect(try #require(names.firstIndex(of: "stats_totals")) < (try #require(names.firstIndex(of: "clients"))))
    }

    @Test("whoever has a forced user is counted under the pool's")
    func forcedUser() {
        var collector = BouncerWaitsCollector(target: pooler)
        func read(_ second: Int64, _ clients: [PgBouncerClient]) {
            var facts = Facts()
            facts.beginTick()
            facts.set(
                [PgBouncerPool(database: "app", user: "owner", poolMode: "transaction", numbers: [:])],
                for: BouncerPoolsSource.self)
            facts.set(
                [
                    PgBouncerDatabase(
                        name: "app", host: "", port: "", database: "", forceUser: "owner", poolMode: "", numbers: [:])
                ], for: BouncerDatabasesSource.self)
            facts.set([PgBouncerTotals](), for: BouncerTotalsSource.self)
            let console = PgBouncerClient(
                database: "pgbouncer", user: "poolscope", state: "active",
                requestedAt: PgBouncerTime(localSeconds: second), wait: Double(second), pointer: 1)
            facts.set([console] + clients, for: BouncerClientsSource.self)
            collector.observe(facts)
        }
        read(10, [PgBouncerClient(database: "app", user: "web", state: "waiting", wait: 2, pointer: 2)])
        read(11, [])
        read(12, [])
        let labels: Labels = ["pooler": "pgbouncer", "database": "app", "user": "owner"]
        let result = emitted(by: collector, isUp: true)
        #expect(result.value("poolscope_pool_waits_abandoned_total", labels) == .number(1))
    }
}

private let pooler = TargetProfile(name: "pool", kind: .pgbouncer)
