import OperationsSupport
import TestSupport
import Testing

@Suite("Histories made of a recording")
struct HistoryTests {
    private let types = [
        "a_total": "counter", "h_seconds": "histogram", "g": "gauge", "pg_stat_activity_count": "gauge",
        "pg_stat_database_xact_commit": "counter",
    ]

    private func series(_ name: String, _ values: [Double], from start: Double = 1_000) -> PrivatePrometheus.Series {
        let points = values.enumerated().map { PrivatePrometheus.Point(time: start + Double($0), value: $1) }
        return .init(labels: ["__name__": name], points: points)
    }

    @Test(
        "what is a counter, a gauge or a time",
        arguments: [
            ("a_total", HealthyRecording.Kind.counter), ("h_seconds_bucket", .counter), ("h_seconds_sum", .counter),
            ("g", .gauge), ("pg_stat_activity_count", .gauge), ("pg_stat_database_xact_commit", .counter),
            ("poolscope_sample_timestamp_seconds", .timestamp), ("process_start_time_seconds", .moment),
            ("pg_long_running_transactions_oldest_timestamp_seconds", .gauge), ("up", .gauge),
        ])
    func kinds(_ name: String, _ kind: HealthyRecording.Kind) {
        #expect(HealthyRecording([], start: 0, types: types).kind(of: name) == kind)
    }

    @Test("a counter goes on from tile to tile, a gauge comes again, a timestamp moves with the time")
    func tiles() {
        let recording = HealthyRecording([], start: 1_000, types: types)
        let counter = recording.halfHour(of: series("a_total", (0...20).map(Double.init)))
        #expect(counter.count == HealthyRecording.length / HealthyRecording.step)
        #expect(counter.prefix(6) == [0, 5, 10, 15, 20, 25])
        let gauge = recording.halfHour(of: series("g", (0...20).map { Double($0 % 7) }))
        #expect(gauge.prefix(5) == [0, 5, 3, 1, 0])
        let timestamp = recording.halfHour(
            of: series("poolscope_sample_timestamp_seconds", (0...20).map { 999.5 + Double($0) }))
        #expect(timestamp.prefix(5) == [-0.5, 4.5, 9.5, 14.5, 19.5])
        let moment = recording.halfHour(of: series("process_start_time_seconds", (0...20).map { _ in 900 }))
        #expect(moment.allSatisfy { $0 == -100 })
    }

    @Test("where there was no sample, there is none in the half hour")
    func gaps() {
        let recording = HealthyRecording([], start: 1_000, types: types)
        let late = recording.halfHour(of: series("g", [1, 1, 1], from: 1_009))
        #expect(late.prefix(5) == [nil, nil, 1, 1, nil])
    }

    @Test("names are found outside of quotes, and through recording rules")
    func names() throws {
        #expect(MetricNames.words(in: #"sum by (job) (rate(a_total{b="c_total"}[5m]))"#).contains("a_total"))
        #expect(!MetricNames.words(in: #"a{b="c_total"}"#).contains("c_total"))
        let rules = try #require(
            try RuleDocument(
                parsing: """
                    groups: [{name: g, rules: [{record: 'x:y:z', expr: 'rate(a_total[3d])'}, {record: 'p:q:r', expr: 'x:y:z'}]}]
                    """))
        #expect(MetricNames.words(in: ["p:q:r"], through: [rules]).isSuperset(of: ["p:q:r", "x:y:z", "a_total"]))
        #expect(MetricNames.longestWindow(of: "p:q:r > 1", through: [rules]) == 259_200)
        #expect(MetricNames.longestWindow(of: "rate(a[1h:5m]) / a offset 1d") == 86_400)
        #expect(MetricNames.longestWindow(of: #"a{b="[3d]"}"#) == 0)
    }

    @Test("few label sets of each name are kept, with all their buckets")
    func few() {
        let all = ["1", "2"].flatMap { target in
            ["1", "5", "+Inf"].map { le in
                PrivatePrometheus.Series(labels: ["__name__": "h_bucket", "target": target, "le": le], points: [])
            }
        }
        #expect(LongHistory.few(all, perName: 1).map { $0.labels["target"] } == ["1", "1", "1"])
    }
}
