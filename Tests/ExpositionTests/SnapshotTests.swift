import Exposition
import Testing

@Suite("Snapshots")
struct SnapshotTests {
    private let gauge = FamilyDescriptor("a_gauge", .gauge, help: "G.")
    private let counter = FamilyDescriptor("b_total", .counter, help: "C.")
    private let histogram = FamilyDescriptor("c_seconds", .histogram, buckets: [1], help: "H.")

    @Test("when the target is down, gauges vanish; counters and histograms stay")
    func down() {
        var builder = SnapshotBuilder(isUp: false)
        builder.add(gauge, .none, 1)
        builder.add(counter, .none, 2)
        builder.add(histogram, .none, .histogram(Histogram(bounds: [1])))
        #expect(builder.build().families.map(\.descriptor.name) == ["b_total", "c_seconds"])
    }

    @Test("what says why a target is down is published when it is down")
    func why() {
        var builder = SnapshotBuilder(isUp: false)
        builder.add(gauge, .none, 1, evenWhenDown: true)
        #expect(builder.build().value("a_gauge", .none) == .number(1))
    }

    @Test("two samples with the same labels are summed")
    func duplicates() {
        var builder = SnapshotBuilder(isUp: true)
        builder.add(gauge, ["x": "1", "y": "2"], 1)
        builder.add(gauge, ["y": "2", "x": "1"], 2)
        var one = Histogram(bounds: [1])
        one.observe(0.5)
        builder.add(histogram, .none, .histogram(one))
        builder.add(histogram, .none, .histogram(one))
        let snapshot = builder.build()
        #expect(snapshot.value("a_gauge", ["x": "1", "y": "2"]) == .number(3))
        one.observe(0.5)
        #expect(snapshot.value("c_seconds", .none) == .histogram(one))
    }

    @Test("several targets' families are merged under one name, in a stable order")
    func merging() {
        func snapshot(_ target: String, reversed: Bool) -> Snapshot {
            var builder = SnapshotBuilder(constant: [Label("target", target)], isUp: true)
            for name in reversed ? ["z", "a"] : ["a", "z"] { builder.add(gauge, ["name": name], 1) }
            builder.add(counter, .none, 1)
            return builder.build()
        }
        let forward = Snapshot.merging([snapshot("one", reversed: false), snapshot("two", reversed: true)])
        let backward = Snapshot.merging([snapshot("two", reversed: false), snapshot("one", reversed: true)])
        #expect(forward == backward)
        #expect(forward.map(\.descriptor.name) == ["a_gauge", "b_total"])
        #expect(
            forward[0].samples.map(\.labels) == [
                ["name": "a", "target": "one"], ["name": "a", "target": "two"], ["name": "z", "target": "one"],
                ["name": "z", "target": "two"],
            ])
    }

    @Test("labels are sorted by bytes, and of two with one name the later wins")
    func labels() {
        let labels = Labels([Label("b", "1"), Label("B", "2"), Label("a", "3"), Label("b", "4")])
        #expect(labels.pairs == [Label("B", "2"), Label("a", "3"), Label("b", "4")])
        #expect(labels["b"] == "4")
    }
}

@Suite("Instruments")
struct InstrumentTests {
    @Test("a value on a bound belongs to that bucket, one above all bounds to +Inf")
    func bounds() {
        var histogram = Histogram(bounds: [1, 2])
        for value in [0, 1, 1.000_001, 2, 3, .infinity] { histogram.observe(value) }
        #expect(histogram.counts == [2, 2, 2])
        #expect(histogram.count == 6)
    }

    @Test("beyond its limit a vector counts under “other”, and loses nothing")
    func overflow() {
        let descriptor = FamilyDescriptor("c_total", .counter, labels: ["name"], help: "C.")
        var vector = CounterVector(descriptor, limit: 2)
        for name in ["a", "b", "c", "d", "a"] { vector.add(1, ["name": name]) }
        #expect(vector[["name": "a"]] == 2)
        #expect(vector[["name": "other"]] == 2)
        #expect(vector[["name": "c"]] == 0)
        #expect(vector.folded == 2)

        let buckets = FamilyDescriptor("h_seconds", .histogram, labels: ["name"], buckets: [1], help: "H.")
        var histograms = HistogramVector(buckets, limit: 1)
        for name in ["a", "b", "c"] { histograms.observe(1, ["name": name]) }
        #expect(histograms[["name": "a"]]?.count == 1)
        #expect(histograms[["name": "other"]]?.count == 2)
        #expect(histograms.folded == 2)
    }
}
