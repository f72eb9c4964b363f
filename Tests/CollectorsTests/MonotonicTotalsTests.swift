import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Totals that never fall")
struct MonotonicTotalsTests {
    typealias Rows = [String: [String: Double]]

    private func rows(_ rows: Rows) -> [PgBouncerTotals] {
        rows.sorted { $0.key < $1.key }.map { PgBouncerTotals(database: $0.key, numbers: $0.value) }
    }

    private func totals(_ totals: MonotonicTotals) -> Rows {
        Dictionary(uniqueKeysWithValues: totals.published.map { ($0.database, $0.numbers) })
    }

    /// One read after another. `isLost`: the session was lost before it.
    struct Step: Sendable {
        var isLost = false
        let rows: Rows
        let totals: Rows
        var growth: Rows = [:]
        var resets: [MonotonicTotals.Reset] = []
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
    }

    private static let start = Step(rows: ["app": ["x": 5, "y": 2]], totals: ["app": ["x": 5, "y": 2]])

    private static func reset(_ reason: MonotonicTotals.ResetReason, _ database: String = "app")
        -> MonotonicTotals.Reset
    {
        MonotonicTotals.Reset(database: database, reason: reason)
    }

    static let cases = [
        Case(
            testDescription: "the first look is PgBouncer's own figure, and so are the next",
            steps: [
                start,
                Step(
                    rows: ["app": ["x": 7, "y": 2]], totals: ["app": ["x": 7, "y": 2]],
                    growth: ["app": ["x": 2, "y": 0]]),
            ]),
        Case(
            testDescription: "a session lost and found again changes nothing",
            steps: [
                start,
                Step(
                    isLost: true, rows: ["app": ["x": 9, "y": 2]], totals: ["app": ["x": 9, "y": 2]],
                    growth: ["app": ["x": 4, "y": 0]]),
            ]),
        Case(
            testDescription: "after a restart what is there counts as growth",
            steps: [
                start,
                Step(
                    isLost: true, rows: ["app": ["x": 1, "y": 3]], totals: ["app": ["x": 6, "y": 5]],
                    growth: ["app": ["x": 1, "y": 3]], resets: [reset(.restart)]),
            ]),
        Case(
            testDescription: "after a restart a database that nobody has used since keeps its total",
            steps: [
                start, Step(isLost: true, rows: [:], totals: ["app": ["x": 5, "y": 2]], resets: [reset(.restart)]),
                Step(
                    rows: ["app": ["x": 1, "y": 0]], totals: ["app": ["x": 6, "y": 2]],
                    growth: ["app": ["x": 1, "y": 0]]),
            ]),
        Case(
            testDescription: "the console's own counters tell a restart where a database is ahead already",
            steps: [
                Step(
                    rows: ["app": ["x": 5], "pgbouncer": ["x": 3]], totals: ["app": ["x": 5], "pgbouncer": ["x": 3]]),
                Step(
                    isLost: true, rows: ["app": ["x": 8], "pgbouncer": ["x": 1]],
                    totals: ["app": ["x": 13], "pgbouncer": ["x": 4]],
                    growth: ["app": ["x": 8], "pgbouncer": ["x": 1]],
                    resets: [reset(.restart), reset(.restart, "pgbouncer")]),
            ]),
        Case(
            testDescription: "a freed pool is no growth, and what did not fall goes on",
            steps: [
                start,
                Step(
                    rows: ["app": ["x": 3, "y": 4]], totals: ["app": ["x": 5, "y": 4]],
                    growth: ["app": ["x": 0, "y": 2]], resets: [reset(.poolFreed)]),
                Step(
                    rows: ["app": ["x": 4, "y": 4]], totals: ["app": ["x": 6, "y": 4]],
                    growth: ["app": ["x": 1, "y": 0]]),
            ]),
        Case(
            testDescription: "one database that falls after a lost session is a freed pool when another has grown",
            steps: [
                Step(rows: ["a": ["x": 5], "b": ["x": 5]], totals: ["a": ["x": 5], "b": ["x": 5]]),
                Step(
                    isLost: true, rows: ["a": ["x": 1], "b": ["x": 6]], totals: ["a": ["x": 5], "b": ["x": 6]],
                    growth: ["a": ["x": 0], "b": ["x": 1]], resets: [reset(.poolFreed, "a")]),
            ]),
        Case(
            testDescription: "a database that vanishes keeps its total, is counted once, and goes on when it is back",
            steps: [
                start, Step(rows: [:], totals: ["app": ["x": 5, "y": 2]], resets: [reset(.databaseRemoved)]),
                Step(rows: [:], totals: ["app": ["x": 5, "y": 2]]),
                Step(
                    rows: ["app": ["x": 2, "y": 0]], totals: ["app": ["x": 7, "y": 2]],
                    growth: ["app": ["x": 2, "y": 0]]),
            ]),
        Case(
            testDescription: "a database that is new counts in full",
            steps: [
                start,
                Step(
                    rows: ["app": ["x": 5, "y": 2], "new": ["x": 3]],
                    totals: ["app": ["x": 5, "y": 2], "new": ["x": 3]],
                    growth: ["app": ["x": 0, "y": 0], "new": ["x": 3]]),
            ]),
        Case(
            testDescription: "what is no number, or less than nothing, is left out",
            steps: [
                start,
                Step(
                    rows: ["app": ["x": .nan, "y": -1, "z": .infinity]], totals: ["app": ["x": 5, "y": 2]],
                    growth: ["app": [:]]),
            ]),
    ]

    @Test("table", arguments: cases)
    func table(_ test: Case) {
        var tracked = MonotonicTotals()
        for step in test.steps {
            if step.isLost { tracked.interrupt() }
            let change = tracked.observe(rows(step.rows))
            #expect(totals(tracked) == step.totals)
            #expect(change.growth == step.growth)
            #expect(change.resets.sorted { $0.database < $1.database } == step.resets)
        }
    }

    @Test("whatever comes, no total ever falls, and without resets it is PgBouncer's", arguments: 0..<40)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var tracked = MonotonicTotals()
        var pools: [String: [Double]] = [:]
        var published: Rows = [:]
        var hasReset = false
        for _ in 0..<200 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                pools = pools.mapValues { $0.map { _ in 0 } }.filter { _ in Bool.random(using: &random) }
                tracked.interrupt()
                hasReset = true
            case 1: tracked.interrupt()
            case 2:
                if let database = pools.keys.sorted().randomElement(using: &random) { pools[database]?.removeLast() }
                pools = pools.filter { !$0.value.isEmpty }
                hasReset = true
            case 3: pools["db\(Int.random(in: 0..<5, using: &random))", default: []].append(0)
            default: break
            }
            for database in pools.keys {
                pools[database] = pools[database]!.map { $0 + Double(Int.random(in: 0..<5, using: &random)) }
            }
            let truth = pools.mapValues { ["x": $0.reduce(0, +)] }
            let change = tracked.observe(rows(truth))
            let now = totals(tracked)
            for (database, before) in published {
                for (column, value) in before { #expect(now[database]?[column] ?? -1 >= value) }
            }
            #expect(change.growth.values.allSatisfy { $0.values.allSatisfy { $0 >= 0 && $0.isFinite } })
            if !hasReset { #expect(now == truth) }
            published = now
        }
    }

    @Test("databases beyond the limit are added up as “other”, and their growth is not lost")
    func bounded() {
        var tracked = MonotonicTotals()
        let limit = MonotonicTotals.databaseLimit
        func names(_ value: Double) -> Rows {
            Dictionary(uniqueKeysWithValues: (0..<limit + 50).map { ("db\($0)", ["x": value]) })
        }
        _ = tracked.observe(rows(names(1)))
        _ = tracked.observe(rows(names(3)))
        #expect(tracked.published.count == limit + 1)
        #expect(totals(tracked)["other"] == ["x": 150])
        #expect(tracked.folded == 100)
    }
}
