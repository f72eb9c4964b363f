import Collectors
import Exposition
import TestSupport
import Testing

@Suite("The budget of gauges")
struct SeriesBudgetTests {
    private func labels(_ name: String) -> Labels { ["n": name] }
    private func other(_: Labels) -> Labels { ["n": "other"] }

    @Test("a member of the budget stays a member when others grow, and for a while when it is not there")
    func stable() {
        var budget = SeriesBudget(limit: 1, retention: 3)
        func fold(_ counts: [String: Double], at time: Double) -> [String: Double] {
            let counts = Dictionary(uniqueKeysWithValues: counts.map { (labels($0.key), $0.value) })
            let folded = budget.fold(counts, at: time, other: other)
            return Dictionary(uniqueKeysWithValues: folded.map { ($0.key["n"] ?? "", $0.value) })
        }
        #expect(fold(["a": 1], at: 0) == ["a": 1])
        #expect(fold(["a": 1, "b": 100], at: 1) == ["a": 1, "other": 100])
        #expect(fold(["b": 100, "c": 5], at: 2) == ["other": 105])
        #expect(fold(["a": 1, "b": 100], at: 3) == ["a": 1, "other": 100])
        for time in 4...5 { #expect(fold(["b": 100, "c": 500], at: Double(time)) == ["other": 600]) }
        #expect(fold(["b": 100, "c": 500], at: 6) == ["c": 500, "other": 100], "the largest newcomer takes the place")
    }

    @Test("sums are kept in every tick, within the limit, and members stay", arguments: 0..<6 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...6, using: &random)
        var budget = SeriesBudget(limit: limit, retention: 4)
        var lastPublished: [Labels: Int] = [:]
        for tick in 0..<300 {
            var counts: [Labels: Double] = [:]
            for _ in 0..<Int.random(in: 0...15, using: &random) {
                let name = "pod-\(tick / 10 + Int.random(in: 0...8, using: &random))"
                counts[labels(name)] = Double(Int.random(in: 0...9, using: &random))
            }
            let published = budget.fold(counts, at: Double(tick), other: other)
            #expect(published.values.reduce(0, +) == counts.values.reduce(0, +))
            #expect(published.keys.count { $0["n"] != "other" } <= limit)
            for (series, last) in lastPublished where tick - last < 4 && counts[series] != nil {
                #expect(published[series] == counts[series], "\(series) lost its place")
            }
            for series in published.keys where series["n"] != "other" { lastPublished[series] = tick }
        }
        #expect(budget.folded > 0)
    }
}
