import Exposition
import TestSupport
import Testing

private let counterFamily = FamilyDescriptor(
    "c_total", .counter, labels: ["app", "db"], openLabels: ["app"], help: "C.")
private let histogramFamily = FamilyDescriptor(
    "h_seconds", .histogram, labels: ["app", "db"], openLabels: ["app"], buckets: [1], help: "H.")

private func labels(_ app: String, db: String = "a") -> Labels { ["app": app, "db": db] }

private func emitted(_ emit: (inout SnapshotBuilder) -> Void) -> [Labels: Double] {
    var builder = SnapshotBuilder(isUp: true)
    emit(&builder)
    return builder.build().families.flatMap(\.samples).reduce(into: [:]) { result, sample in
        switch sample.value {
        case .number(let number): result[sample.labels] = number
        case .histogram(let histogram): result[sample.labels] = Double(histogram.count)
        }
    }
}

@Suite("The budget of counters and histograms")
struct VectorBudgetTests {
    @Test("what is folded keeps the labels that no client chooses")
    func openLabels() {
        var vector = CounterVector(counterFamily, limit: 1)
        for app in ["x", "y", "z"] { vector.add(1, labels(app)) }
        vector.add(1, labels("x", db: "b"))
        #expect(vector[labels("x")] == 1)
        #expect(vector[labels("other")] == 2)
        #expect(vector[labels("other", db: "b")] == 1)
        #expect(vector.folded == 3)
    }

    @Test("a series that is no longer seen yields its place when it is needed, and “other” gets nothing of it")
    func yielding() {
        var vector = CounterVector(counterFamily, limit: 2, retention: 10)
        vector.add(100, labels("dead"))
        for second in 0..<11 {
            vector.add(1, labels("alive"))
            vector.endTick(at: Double(second))
        }
        #expect(vector[labels("dead")] == 100, "nobody needed its place")
        vector.add(5, labels("new"))
        vector.add(7, labels("newer"))
        vector.add(1, labels("alive"))
        vector.endTick(at: 11)
        #expect(vector[labels("other")] == 12, "the tick in which there was no place stays where it was counted")
        vector.add(5, labels("new"))
        vector.add(7, labels("newer"))
        vector.endTick(at: 12)
        #expect(vector[labels("newer")] == 7 && vector[labels("new")] == 0, "the larger one got the place")
        #expect(vector[labels("dead")] == 0 && vector[labels("alive")] == 12 && vector[labels("other")] == 17)
        vector.add(1, labels("dead"))
        #expect(vector[labels("dead")] == 0 && vector[labels("other")] == 18)
    }

    @Test("neither a gap in the samples nor a clock that was set makes those yield who are there")
    func gap() {
        var vector = HistogramVector(histogramFamily, limit: 1, retention: 10)
        vector.touch(labels("x"))
        vector.endTick(at: 0)
        for time in [1e9, 5, 2e9] {
            vector.observe(1, labels("y"))
            vector.touch(labels("x"))
            vector.endTick(at: time)
        }
        #expect(vector[labels("x")]?.count == 0)
        #expect(vector[labels("other")]?.count == 3)
    }

    @Test("who calls itself “other” is “other”, and never vanishes")
    func namesake() {
        var vector = CounterVector(counterFamily, limit: 1, retention: 0)
        vector.add(3, labels("other"))
        for second in 0..<20 {
            vector.add(1, labels("x\(second)"))
            vector.endTick(at: Double(second))
        }
        #expect(vector[labels("other")] >= 3)
        #expect(emitted { vector.emit(into: &$0) }.count <= 2)
    }

    @Test("closed labels without end are bounded as well")
    func manyOthers() {
        var vector = CounterVector(counterFamily, limit: 3)
        for database in 0..<1_000 { vector.add(1, labels("x", db: "\(database)")) }
        let series = emitted { vector.emit(into: &$0) }
        #expect(series.count == 3 + 100 + 1)
        #expect(series.values.reduce(0, +) == 1_000)
    }

    @Test("a distribution of the moment starts over without a change to who has a place")
    func startOver() {
        var vector = HistogramVector(histogramFamily, limit: 1)
        vector.observe(1, labels("x"))
        vector.startOver()
        vector.observe(1, labels("y"))
        #expect(emitted { vector.emit(into: &$0, skippingEmpty: true) } == [labels("other"): 1])
        #expect(vector[labels("x")]?.count == 0)
    }

    @Test(
        "whatever clients call themselves: never more than the limit and others, no total dips, nothing is lost",
        arguments: 0..<6 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...8, using: &random)
        var counter = CounterVector(counterFamily, limit: limit, retention: 5)
        var histogram = HistogramVector(histogramFamily, limit: limit, retention: 5)
        var before: [Labels: Double] = [:]
        var lastSeen: [Labels: Int] = [:]
        var vanished = 0.0
        var added = 0.0
        for tick in 0..<400 {
            // A window of names that moves on: pods come and go.
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                let name = "pod-\(tick / 20 + Int.random(in: 0...limit, using: &random))"
                let series = labels(name, db: ["a", "b"].randomElement(using: &random) ?? "a")
                let amount = Double(Int.random(in: 0...3, using: &random))
                counter.add(amount, series)
                histogram.observe(amount, series)
                added += amount
                lastSeen[series] = tick
            }
            counter.endTick(at: Double(tick))
            histogram.endTick(at: Double(tick))
            let now = emitted { counter.emit(into: &$0) }
            #expect(now.count <= limit + 2)
            #expect(emitted { histogram.emit(into: &$0) }.count <= limit + 2)
            for (series, total) in before {
                if let current = now[series] {
                    #expect(current >= total, "\(series) dipped")
                } else {
                    vanished += total
                    #expect(series["app"] != "other")
                    #expect(tick - (lastSeen[series] ?? 0) >= 5, "\(series) had to go although it was there")
                    #expect(now.count >= limit, "\(series) had to go without need")
                }
            }
            #expect(now.values.reduce(0, +) + vanished == added)
            before = now
        }
        #expect(vanished > 0 && counter.folded > 0)
    }
}
