import Exposition
import TestSupport
import Testing

@Suite("Text format 0.0.4")
struct TextEncoderTests {
    private let gauge = FamilyDescriptor("test_value", .gauge, labels: ["name"], help: "A value.")

    private func text(_ families: [MetricFamily]) -> String {
        String(decoding: TextEncoder.encode(families), as: UTF8.self)
    }

    private func line(_ value: Double) -> String {
        String(text([MetricFamily(gauge, [Sample(.none, .number(value))])]).split(separator: "\n")[2])
    }

    @Test("a family is a HELP line, a TYPE line and its samples")
    func family() {
        let family = MetricFamily(
            gauge, [Sample(["name": "a"], .number(1)), Sample(["name": "b", "zone": "z"], .number(2.5))])
        #expect(
            text([family]) == """
                # HELP test_value A value.
                # TYPE test_value gauge
                test_value{name="a"} 1
                test_value{name="b",zone="z"} 2.5

                """)
    }

    @Test(
        "numbers are the shortest text that reads back the same",
        arguments: [
            (0.1, "0.1"), (1, "1"), (-1, "-1"), (1e15, "1000000000000000"), (123_456_789_012, "123456789012"), (0, "0"),
            (-0.0, "-0"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e-7, "1e-07"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (2.5e-6, "2.5e-06"),
        ])
    func numbers(value: Double, expected: String) throws {
        #expect(line(value) == "test_value \(expected)")
        let read = try #require(Double(expected.replacing("Inf", with: "infinity")))
        #expect(read == value || (read.isNaN && value.isNaN))
    }

    @Test("label values escape backslash, quote and newline and nothing else")
    func escaping() {
        let family = MetricFamily(gauge, [Sample(["name": "a\\b\"c\nd\te{},=é\u{0}"], .number(1))])
        #expect(text([family]).hasSuffix("test_value{name=\"a\\\\b\\\"c\\nd\te{},=é\u{0}\"} 1\n"))
    }

    @Test("help texts escape backslash and newline, not the quote")
    func help() {
        let family = FamilyDescriptor("test_help", .unknown, help: "one\\two\n\"three\"")
        #expect(
            text([MetricFamily(family, [Sample(.none, .number(1))])]).hasPrefix(
                "# HELP test_help one\\\\two\\n\"three\"\n# TYPE test_help untyped\n"))
    }

    @Test("a histogram has cumulative buckets up to +Inf, a sum and a count")
    func histogram() {
        let family = FamilyDescriptor("test_seconds", .histogram, buckets: [0.5, 1, 5], help: "H.")
        var vector = HistogramVector(family)
        for value in [0.5, 0.6, 1, 7, 7] { vector.observe(value, ["db": "x"]) }
        var builder = SnapshotBuilder(isUp: true)
        vector.emit(into: &builder)
        #expect(
            text(builder.build().families) == """
                # HELP test_seconds H.
                # TYPE test_seconds histogram
                test_seconds_bucket{db="x",le="0.5"} 1
                test_seconds_bucket{db="x",le="1.0"} 3
                test_seconds_bucket{db="x",le="5.0"} 3
                test_seconds_bucket{db="x",le="+Inf"} 5
                test_seconds_sum{db="x"} 16.1
                test_seconds_count{db="x"} 5

                """)
    }

    @Test("info and stateset are gauges in this format, and a family without samples leaves no line")
    func types() {
        let info = MetricFamily(
            FamilyDescriptor("a_info", .info, help: "I."), [Sample(["version": "1"], .number(1))])
        let empty = MetricFamily(gauge, [])
        #expect(text([info, empty]) == "# HELP a_info I.\n# TYPE a_info gauge\na_info{version=\"1\"} 1\n")
    }

    @Test("what is written reads back the same, for labels with any character and any number")
    func roundTrip() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            let scalars = (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &random)) }
            let label = String(String.UnicodeScalarView(scalars))
            let page = text([MetricFamily(gauge, [Sample(["name": label], .number(value))])])
            let series = try #require(MetricsText(parsing: page).all("test_value").first)
            // Compared by bytes: Swift's == on strings equates canonically equivalent ones.
            #expect(Array((series.labels["name"] ?? "").utf8) == Array(label.utf8))
            #expect(series.value == value || (series.value.isNaN && value.isNaN))
        }
    }
}
