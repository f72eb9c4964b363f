import TestSupport
import Testing

@testable import Exposition

@Suite("OpenMetrics 1.0")
struct OpenMetricsEncoderTests {
    private func text(_ families: MetricFamily...) -> String {
        String(decoding: OpenMetricsEncoder.encode(families), as: UTF8.self)
    }

    private func number(
        _ name: String, _ type: MetricType, unit: String? = nil, _ value: Double = 1, _ labels: Labels = .none,
        created: Double? = nil
    ) -> MetricFamily {
        MetricFamily(
            FamilyDescriptor(name, type, unit: unit, help: "H \"\\\n."),
            [Sample(labels, .number(value), created: created)])
    }

    @Test("a page ends with # EOF, also an empty one")
    func end() {
        #expect(text() == "# EOF\n")
    }

    @Test("a counter's family is called without _total, has its unit and says when it began")
    func counter() {
        #expect(
            text(number("a_seconds_total", .counter, unit: "seconds", 2.5, ["x": "\"\\\n"], created: 1_700_000_000.25))
                == """
                # HELP a_seconds H \\"\\\\\\n.
                # TYPE a_seconds counter
                # UNIT a_seconds seconds
                a_seconds_total{x="\\"\\\\\\n"} 2.5
                a_seconds_created{x="\\"\\\\\\n"} 1700000000.25
                # EOF

                """)
    }

    @Test("info and a set of states are what they are, where the names allow it")
    func types() {
        #expect(text(number("a_info", .info)).contains("# TYPE a info\na_info 1\n"))
        #expect(text(number("a", .stateset, 0, ["a": "on"])).contains("# TYPE a stateset\na{a=\"on\"} 0\n"))
        #expect(text(number("a", .stateset, 0, ["state": "on"])).contains("# TYPE a gauge\n"))
        #expect(text(number("a_bytes", .gauge, unit: "bytes")).contains("# UNIT a_bytes bytes\n"))
        #expect(!text(number("a_size", .gauge, unit: "bytes")).contains("# UNIT"))
    }

    @Test("what cannot keep the promise of its type is unknown, under the name of its series")
    func promises() {
        for family in [
            number("xact_commit", .counter, created: 1), number("a_total", .counter, .nan),
            number("a_total", .counter, -1), number("a_info", .info, 2),
        ] {
            let name = family.descriptor.name
            let page = text(family)
            #expect(page.contains("# TYPE \(name) unknown\n\(name) "), "\(page)")
            #expect(!page.contains("_created"))
        }
    }

    @Test("no two families get one name")
    func clashes() {
        let page = text(
            number("a", .gauge), number("a_total", .counter), number("b_created", .gauge),
            number("b_total", .counter, created: 1), number("c_info", .info), number("c_total", .counter))
        #expect(page.contains("# TYPE a gauge\n"))
        #expect(page.contains("# TYPE a_total unknown\n"))
        #expect(page.contains("# TYPE b counter\nb_total 1\n# HELP"), "b_created is another's: \(page)")
        #expect(page.contains("# TYPE c info\n"))
        #expect(page.contains("# TYPE c_total unknown\n"))
    }

    @Test("a histogram has exemplars at its buckets and says when it began")
    func histogram() {
        let family = FamilyDescriptor("t_seconds", .histogram, unit: "seconds", buckets: [0.5, 1], help: "H.")
        var histogram = Histogram(bounds: family.buckets)
        histogram.observe(0.1)
        histogram.observe(Exemplar(labels: ["query_id": "-7"], value: 0.7, timestamp: 1_700_000_001.5))
        histogram.observe(Exemplar(labels: ["query_id": "8"], value: 30, timestamp: 1_700_000_002))
        let page = text(MetricFamily(family, [Sample(["db": "x"], .histogram(histogram), created: 1_700_000_000)]))
        #expect(
            page == """
                # HELP t_seconds H.
                # TYPE t_seconds histogram
                # UNIT t_seconds seconds
                t_seconds_bucket{db="x",le="0.5"} 1
                t_seconds_bucket{db="x",le="1.0"} 2 # {query_id="-7"} 0.7 1700000001.5
                t_seconds_bucket{db="x",le="+Inf"} 3 # {query_id="8"} 30 1700000002
                t_seconds_sum{db="x"} 30.8
                t_seconds_count{db="x"} 3
                t_seconds_created{db="x"} 1700000000
                # EOF

                """)
    }

    @Test(
        "bounds are written as Go writes them",
        arguments: [
            (0, "0.0"), (1, "1.0"), (-2, "-2.0"), (0.5, "0.5"), (0.001, "0.001"), (0.0001, "0.0001"),
            (0.00001, "1e-05"), (0.000_012_5, "1.25e-05"), (14_400, "14400.0"), (123_456.75, "123456.75"),
            (1e6, "1e+06"), (2_500_000, "2.5e+06"), (1e21, "1e+21"), (1e-300, "1e-300"), (.infinity, "+Inf"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
            (100_000, "100000.0"), (0.1 + 0.2, "0.30000000000000004"),
        ] as [(Double, String)])
    func bounds(value: Double, expected: String) {
        var output = TextOutput()
        output.appendBound(value)
        #expect(String(decoding: output.bytes, as: UTF8.self) == expected)
    }
}

@Suite("Exemplars")
struct ExemplarTests {
    @Test("the labels hold at most 128 characters: values are cut, then labels are left out")
    func fitting() {
        func labels(_ labels: Labels) -> Labels { Exemplar(labels: labels, value: 1, timestamp: 1).labels }
        func length(_ labels: Labels) -> Int {
            labels.pairs.reduce(0) { $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count }
        }
        let exact: Labels = ["a": String(repeating: "é", count: 127)]
        #expect(labels(exact) == exact)
        let long = labels(["application": String(repeating: "x", count: 500), "query_id": "-1234567890123456789"])
        #expect(length(long) == 128)
        #expect(long["query_id"] == nil)
        let both = labels(["query_id": "-1234567890123456789", "zone": String(repeating: "x", count: 500)])
        #expect(both["query_id"] == "-1234567890123456789")
        #expect(length(both) == 128)
        #expect(labels([String(repeating: "n", count: 128): ""]) == .none)
    }

    @Test("each bucket keeps the latest, whoever adds up")
    func latest() {
        func exemplar(_ value: Double, _ time: Double) -> Exemplar {
            Exemplar(labels: ["t": "\(time)"], value: value, timestamp: time)
        }
        var one = Histogram(bounds: [1, 2, 3])
        one.observe(exemplar(0.5, 1))
        one.observe(exemplar(0.6, 3))
        one.observe(exemplar(2.5, 4))
        var other = Histogram(bounds: [1, 2, 3])
        other.observe(exemplar(0.7, 2))
        other.observe(exemplar(9, 5))
        one.add(other)
        #expect(one.exemplars.map { $0?.timestamp } == [3, nil, 4, 5])
        #expect(one.count == 5)
        #expect(one.coarsened(to: [2]).exemplars.map { $0?.timestamp } == [3, 5])
        #expect(one.detached == one)
    }
}

@Suite("When series began")
struct CreationTests {
    private let descriptor = FamilyDescriptor("c_total", .counter, labels: ["name"], help: "C.")

    private func created(_ vector: CounterVector) -> [String: Double?] {
        var builder = SnapshotBuilder(isUp: true)
        vector.emit(into: &builder)
        return Dictionary(
            uniqueKeysWithValues: builder.build().families.flatMap(\.samples).map { ($0.labels["name"]!, $0.created) })
    }

    @Test("a series began at the tick before the one that had it first; the first ones at the first tick")
    func ticks() {
        var vector = CounterVector(descriptor, limit: 2, retention: 10)
        vector.add(1, ["name": "a"])
        #expect(created(vector) == ["a": nil])
        vector.endTick(at: 100)
        vector.add(1, ["name": "b"])
        vector.add(1, ["name": "c"])
        vector.endTick(at: 101)
        vector.add(1, ["name": "a"])
        #expect(created(vector) == ["a": 100, "b": 100, "other": 100])
    }

    @Test("a series that comes back begins anew")
    func back() {
        var vector = CounterVector(descriptor, limit: 1, retention: 2)
        vector.add(1, ["name": "a"])
        for tick in 0..<4 { vector.endTick(at: 100 + Double(tick)) }
        vector.add(1, ["name": "b"])
        vector.endTick(at: 104)
        #expect(created(vector) == ["b": 104, "other": 103])
    }

    @Test("without the time of a tick nobody knows; of two that are added up the older counts")
    func unknown() {
        var vector = CounterVector(descriptor)
        vector.add(1, ["name": "a"])
        vector.endTick()
        #expect(created(vector) == ["a": nil])
        var builder = SnapshotBuilder(isUp: true)
        builder.add(descriptor, ["name": "a"], .number(1), created: 5)
        builder.add(descriptor, ["name": "a"], .number(1), created: 3)
        builder.add(descriptor, ["name": "b"], .number(1), created: 5)
        builder.add(descriptor, ["name": "b"], .number(1))
        #expect(builder.build().families[0].samples.map(\.created) == [3, nil])
    }
}
