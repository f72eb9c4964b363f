import Collectors
import Observations
import TestSupport
import Testing

@testable import Agent

/// A server whose statements take known times, and a budget that watches it as the sampler would.
private struct WatchedServer {
    var budget: ServerBudget
    var schedule: SourceSchedule
    /// Seconds of work, by source; who has none has nothing to ask.
    var work: [String: Double]
    var way = 0.002
    private let sources: [any Source.Type]
    private let interval: Double
    private var now = ContinuousClock.now
    /// Seconds of work since the last `forget`.
    private(set) var spent = 0.0
    private(set) var passed = 0.0
    private(set) var stretches: [Int] = []

    init(_ kind: TargetKind = .postgres, share: Double = 0.01, interval: Double = 1, work: [String: Double]) {
        sources = Collectors.sources(for: kind)
        budget = ServerBudget(share: share, interval: .seconds(interval), sources: sources)
        schedule = SourceSchedule(kind: kind)
        self.work = work
        self.interval = interval
    }

    var load: Double { spent / passed }

    mutating func forget() { (spent, passed, stretches) = (0, 0, []) }

    mutating func run(_ ticks: Int, delay: () -> Double = { 0 }) {
        for _ in 0..<ticks {
            for source in schedule.beginTick(at: now, stretch: budget.stretch) {
                guard let work = work[source.name] else {
                    budget.omitted(source)
                    continue
                }
                budget.answered(source, in: way + work + delay(), rows: 1)
                schedule.answered(source, pace: budget.pace(of: source), started: now)
                spent += work
            }
            budget.endTick()
            now += .seconds(interval)
            passed += interval
            stretches.append(budget.stretch)
        }
    }
}

@Suite("Budget of a server")
struct ServerBudgetTests {
    private static let cheap = ["identity": 0.000_05, "backend_count": 0.000_1]

    private func server(_ sample: Double, share: Double = 0.01, interval: Double = 1) -> WatchedServer {
        WatchedServer(share: share, interval: interval, work: Self.cheap.merging(["activity": sample]) { $1 })
    }

    @Test(
        "the interval is stretched by as many ticks as are needed, and not at all when the budget is kept",
        arguments: [
            // Work of a sample in milliseconds, share, interval, ticks that a sample stands for.
            (1, 0.01, 1, 1), (9.5, 0.01, 1, 1), (10.5, 0.01, 1, 2), (22, 0.01, 1, 3), (22, 0.01, 5, 1),
            (22, 0.01, 0.1, 25), (95, 0.01, 1, 10), (22, 0.1, 1, 1), (22, 1, 0.1, 1), (22, 0, 1, 1),
            // The longest pause is 60 s, or one interval.
            (900, 0.01, 1, 60), (900, 0.01, 0.1, 600), (900, 0.01, 20, 3), (5_000, 0.01, 90, 1),
        ])
    func table(milliseconds: Double, share: Double, interval: Double, ticks: Int) {
        var server = server(milliseconds / 1_000, share: share, interval: interval)
        server.run(700)
        #expect(server.budget.stretch == ticks)
        #expect(server.stretches.allSatisfy { $0 <= ticks }, "\(server.stretches)")
    }

    @Test("the shares say what each source takes at the present interval, the way there and back left out")
    func shares() {
        var server = server(0.022)
        server.way = 0.05
        server.run(100)
        let shares = Dictionary(uniqueKeysWithValues: server.budget.shares.map { ($0.source.name, $0.ratio) })
        #expect(shares.keys.sorted() == ["activity", "backend_count", "identity"])
        #expect(abs((shares["activity"] ?? 0) - 0.022 / 3) < 0.000_1)
        #expect(abs((shares["backend_count"] ?? 0) - 0.000_1 * 2 / 3) < 0.000_05)
        #expect(abs(server.budget.load(stretch: 3) - shares.values.reduce(0, +)) < 1e-9)
        #expect(server.budget.load(stretch: 3) <= 0.01)
    }

    @Test("what is read less often and what is seldom asked counts, too")
    func others() {
        // 60 ms every 10 s are 0.6 %.
        var server = server(0.006)
        server.work["databases"] = 0.06
        server.run(100)
        #expect(server.budget.stretch == 2)
        // A source that has nothing to ask any more costs nothing any more.
        var blocked = self.server(0.006)
        blocked.work["blocking"] = 0.03
        blocked.run(100)
        #expect(blocked.budget.stretch == 4)
        blocked.work["blocking"] = nil
        blocked.run(200)
        #expect(blocked.budget.stretch == 1)
    }

    @Test("a budget below what cannot be stretched leads to the longest pause, not beyond, and is shown as not kept")
    func impossible() {
        var server = server(0.02, share: 0.000_1)
        server.work["databases"] = 0.06
        server.run(500)
        #expect(server.budget.stretch == 60)
        #expect(server.budget.load(stretch: 60) > 0.000_1)
    }

    @Test("a count between samples that is dearer than they are leads to no to and fro; cold ones do not matter")
    func dearCount() {
        var server = server(0.02)
        server.work["backend_count"] = 0.03
        server.run(300)
        #expect(zip(server.stretches, server.stretches.dropFirst()).count(where: !=) <= 1)
        var cold = self.server(0.02)
        cold.work["backend_count"] = 0.05
        cold.run(6)
        cold.work["backend_count"] = 0.000_1
        cold.run(100)
        #expect(cold.budget.stretch == 3)
    }

    @Test("some slow answers, of a server that stood still, stretch nothing; nor do the first of a session")
    func outliers() {
        var server = server(0.004)
        var random = SeededRandom(seed: 5)
        server.run(500) { Int.random(in: 0..<6, using: &random) == 0 ? 0.8 : 0 }
        #expect(server.stretches.allSatisfy { $0 == 1 })
        var cold = self.server(0.004)
        var isFirst = true
        cold.run(100) {
            defer { isFirst = false }
            return isFirst ? 0.1 : 0
        }
        #expect(cold.stretches.allSatisfy { $0 == 1 })
    }

    @Test("the factor falls when the server gets smaller, and does not go to and fro")
    func recovery() {
        var server = server(0.05)
        server.run(100)
        #expect(server.budget.stretch == 6)
        // Nearly enough room for a smaller factor is not enough.
        server.work["activity"] = 0.045
        server.run(200)
        #expect(server.budget.stretch == 6)
        server.work["activity"] = 0.03
        server.run(200)
        #expect(server.budget.stretch == 4)
        server.work["activity"] = 0.001
        server.run(60)
        #expect(server.budget.stretch == 1)
        // On the edge: one change at most.
        server.work["activity"] = 0.0099
        server.forget()
        var random = SeededRandom(seed: 7)
        server.run(2_000) { Double.random(in: 0..<0.000_4, using: &random) }
        #expect(zip(server.stretches, server.stretches.dropFirst()).count(where: !=) <= 1)
    }

    @Test("a new session keeps the factor until its answers say something else")
    func sessions() {
        var server = server(0.05)
        server.run(100)
        server.budget.beginSession()
        server.schedule.reset()
        server.way = 0.03
        server.run(1)
        #expect(server.budget.stretch == 6)
        server.run(100)
        #expect(server.budget.stretch == 6)
        server.budget.beginSession()
        server.schedule.reset()
        server.work["activity"] = 0.001
        server.run(2)
        #expect(server.budget.stretch == 1)
    }

    @Test("of one source alone nothing is known: its shortest answer may be the way or the work")
    func alone() {
        var server = WatchedServer(work: ["activity": 0.5])
        server.run(100)
        #expect(server.budget.stretch == 1)
    }

    @Test("what may have many rows gets a pace of its own first, and takes half of the budget at most")
    func ownPace() {
        var server = server(0.004)
        server.work["statements"] = 0.022
        server.run(300)
        #expect(server.budget.stretch == 1 && server.budget.pace(of: StatementStatisticsSource.self) == 5)
        server.forget()
        server.run(300)
        #expect(0.008...0.01 ~= server.load)
        // Ten minutes are the longest pace, if the rows do not ask for more.
        server.work["statements"] = 20
        server.run(2_000)
        #expect(server.budget.pace(of: StatementStatisticsSource.self) * server.budget.stretch == 600)
    }

    @Test("PgBouncer's pools are read at every tick, the rest is stretched")
    func pgbouncer() {
        var server = WatchedServer(
            .pgbouncer,
            work: [
                "pools": 0.001, "stats_totals": 0.006, "pgbouncer_databases": 0.01, "lists": 0.000_1, "clients": 0.02,
            ])
        server.run(300)
        #expect(server.budget.stretch == 3)
        server.forget()
        server.run(300)
        #expect(server.load <= 0.01)
    }

    @Test("over all steady servers the budget is kept, nothing is stretched without need, and every change is followed")
    func property() {
        for seed in 0..<20 {
            var random = SeededRandom(seed: UInt64(seed))
            let interval: Double = [1, 2, 5].randomElement(using: &random) ?? 1
            let share = Double.random(in: 0.003...0.2, using: &random)
            func work() -> [String: Double] {
                [
                    "activity": Double.random(in: 0.000_1...0.5, using: &random)
                        * Double.random(in: 0...1, using: &random),
                    "identity": 0.000_05, "backend_count": Double.random(in: 0.000_05...0.000_2, using: &random),
                    "databases": Double.random(in: 0.000_1...0.01, using: &random),
                ]
            }
            var server = WatchedServer(share: share, interval: interval, work: work())
            for _ in 0..<3 {
                server.way = Double.random(in: 0.000_05...0.02, using: &random)
                server.budget.beginSession()
                let noise = Double.random(in: 0...0.001, using: &random)
                server.run(600) { Double.random(in: 0...noise, using: &random) }
                server.forget()
                server.run(600) { Double.random(in: 0...noise, using: &random) }
                let stretch = server.budget.stretch
                let longest = max(1, Int(60 / interval))
                #expect(1...longest ~= stretch, "seed \(seed)")
                #expect(stretch == longest || server.load <= share * 1.02, "seed \(seed): \(server.load) of \(share)")
                // With one tick less, the easing left out, it would not have done.
                let less = server.budget.load(stretch: max(1, stretch - 1))
                #expect(stretch == 1 || less > share * ServerBudget.ease * 0.98, "seed \(seed): \(less) of \(share)")
                server.work = work()
            }
        }
    }
}

@Suite("Schedule of a stretched target")
struct SourceScheduleTests {
    private func names(_ schedule: inout SourceSchedule, _ at: Double, stretch: Int, mustSample: Bool = false) -> Set<
        String
    > {
        Set(schedule.beginTick(at: start + .seconds(at), stretch: stretch, mustSample: mustSample).map { $0.name })
    }

    private let start = ContinuousClock.now

    @Test(
        "a sample at every n-th tick, the count of backends at the others, the statistics of statements only in samples"
    )
    func postgres() {
        var schedule = SourceSchedule(kind: .postgres)
        for tick in 0..<12 {
            let due = names(&schedule, Double(tick), stretch: 3)
            #expect(due.contains("activity") == (tick % 3 == 0))
            #expect(due.contains("blocking") == (tick % 3 == 0))
            #expect(due.contains("backend_count") == (tick % 3 != 0))
            // Of a large answer every second sample.
            #expect(due.contains("statements") == (tick % 6 == 0), "tick \(tick)")
            if due.contains("statements") {
                schedule.answered(StatementStatisticsSource.self, pace: 2, started: start + .seconds(tick))
            }
            if due.contains("settings") {
                schedule.answered(SettingsSource.self, started: start + .seconds(tick))
            }
            #expect(due.contains("settings") == (tick == 0))
        }
        // Without stretch nothing is between samples.
        for tick in 12..<15 {
            let due = names(&schedule, Double(tick), stretch: 1)
            #expect(due.contains("activity") && !due.contains("backend_count"))
        }
    }

    @Test("the first tick, that of a new session and that of a target that was away are samples")
    func must() {
        var schedule = SourceSchedule(kind: .postgres)
        #expect(names(&schedule, 0, stretch: 60).contains("activity"))
        #expect(!names(&schedule, 1, stretch: 60).contains("activity"))
        #expect(names(&schedule, 2, stretch: 60, mustSample: true).contains("activity"))
        #expect(!names(&schedule, 3, stretch: 60).contains("activity"))
        schedule.reset()
        #expect(names(&schedule, 4, stretch: 60).contains("activity"))
        // A smaller factor takes effect at once.
        for tick in 5..<9 { #expect(!names(&schedule, Double(tick), stretch: 60).contains("activity")) }
        #expect(names(&schedule, 9, stretch: 2).contains("activity"))
    }

    @Test("the first source of a tick is the one that says whether the target is up")
    func first() {
        for (kind, sample, between) in [
            (TargetKind.postgres, "activity", "backend_count"), (.pgbouncer, "pools", "pools"),
        ] {
            var schedule = SourceSchedule(kind: kind)
            #expect(schedule.beginTick(at: start, stretch: 2).first?.name == sample)
            let due = schedule.beginTick(at: start + .seconds(1), stretch: 2)
            #expect(due.filter { $0.cadence.isOfTick }.map { $0.name } == [between])
        }
    }
}
