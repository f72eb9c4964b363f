import Demo
import Exposition
import Foundation
import Observations
import TestSupport
import Testing
import WebServer

@testable import Agent

/// A real Prometheus scrapes each format of one page.
@Suite("Prometheus reads every format")
struct FormatOracleTests {
    private static let accept = [
        "text": "text/plain",
        "openmetrics": "application/openmetrics-text; version=1.0.0",
        "protobuf": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ]
    private static let durations = FamilyDescriptor(
        "test_duration_seconds", .histogram, unit: "seconds", labels: ["db"],
        buckets: [0.001, 0.01, 0.1, 1, 10, 100, 1_000_000], help: "Durations.")

    private let values: [Double]
    private let histogram: Histogram
    private let snapshot: Snapshot

    init() {
        var random = SeededRandom(seed: 42)
        values = (0..<4_000).map { _ in
            0.02 * exp(Double.random(in: -3...3, using: &random) + .random(in: -3...3, using: &random))
        }.sorted()
        var histogram = Histogram(bounds: Self.durations.buckets)
        for value in values { histogram.observe(value) }
        histogram.observe(
            Exemplar(
                labels: ["query_id": "-4711", "client_application": "web 1"], value: 5_000,
                timestamp: Date.now.timeIntervalSince1970))
        self.histogram = histogram
        var builder = SnapshotBuilder(constant: [Label("target", "main")], isUp: true)
        builder.add(Self.durations, ["db": "shop"], .histogram(histogram), created: 1_700_000_000)
        let gauge = FamilyDescriptor("test_value", .gauge, labels: ["name"], help: "Any number.")
        let numbers: [Double] = [
            0, -0.0, 1, -1.5, 0.1, 1e300, -1e-300, 123_456_789_012_345_680, .infinity, -.infinity, .nan,
        ]
        for (index, number) in numbers.enumerated() { builder.add(gauge, ["name": "n\(index)"], number) }
        for name in ["a\\b\"c\nd", "é, ü", "{x=\"y\"} # 1", "\u{1}\t\r", " "] { builder.add(gauge, ["name": name], 1) }
        builder.add(
            FamilyDescriptor("test_things_total", .counter, help: "C."), .none, .number(3), created: 1_700_000_000)
        builder.add(FamilyDescriptor("test_xact_commit", .counter, help: "As the peers call it."), .none, 7)
        builder.add(FamilyDescriptor("test_build_info", .info, labels: ["version"], help: "I."), ["version": "1"], 1)
        builder.add(FamilyDescriptor("test_state", .stateset, labels: ["state"], help: "S."), ["state": "up"], 1)
        snapshot = builder.build()
    }

    @Test("and finds the same series with the same values, quantiles and exemplars; by itself it takes protobuf")
    func everyFormat() async throws {
        let store = SnapshotStore(targets: [TargetProfile(name: "main", kind: .postgres)])
        let status = TargetStatus(
            profile: TargetProfile(name: "main", kind: .postgres), state: .up, sentence: nil, version: "",
            wasTried: true)
        store.publish(snapshot, status, at: 0)
        let page = MetricsPage(store: store)
        let routes = Self.accept.map { name, accept in
            Route(path: "/\(name)") { _ in
                page.reply(to: HTTPRequest(path: "/metrics", headers: [(name: "Accept", value: accept)]))
            }
        }
        let server = try WebServer.start(
            [ListenAddress(parsing: "127.0.0.1:0")],
            router: Router(routes + [Route(path: "/own") { page.reply(to: $0) }]))
        defer { server.stop() }
        let port = try #require(server.boundAddresses.first).port
        try await withPrivateDirectory { directory in
            let jobs = (Self.accept.keys.sorted() + ["own"]).map {
                "{job_name: \($0), metrics_path: /\($0), static_configs: [{targets: [\"127.0.0.1:\(port)\"]}]}"
            }
            let prometheus = try await PrivatePrometheus.start(
                in: directory,
                configuration: "global: {scrape_interval: 1s}\nscrape_configs: [\(jobs.joined(separator: ", "))]\n",
                features: ["native-histograms", "exemplar-storage"])
            try await eventually("it has scraped all") {
                try await prometheus.query("count(test_things_total)").first?.value == 4
            }
            try await compare(prometheus)
        }
    }

    private func compare(_ prometheus: PrivatePrometheus) async throws {
        let text = try await series(prometheus, "text")
        let page = try MetricsText(parsing: String(decoding: TextEncoder.encode(snapshot), as: UTF8.self))
        #expect(text.count == page.series.count)
        for one in page.series {
            #expect(Self.same(text[Series(one.name, one.labels)], one.value), "\(one)")
        }
        for job in ["openmetrics", "protobuf", "own"] {
            let other = try await series(prometheus, job)
            // A native histogram is one series, and stands for the classic ones.
            let expected = text.filter {
                job == "openmetrics" || !$0.key.name.hasPrefix(Self.durations.name)
            }
            #expect(other.count == expected.count)
            for (series, value) in expected { #expect(Self.same(other[series], value), "\(job): \(series)") }
            try await compareHistogram(prometheus, job)
        }
        let exemplars = try await prometheus.exemplars(
            "{__name__=~\"test_duration_seconds.*\", job=~\"openmetrics|protobuf\"}")
        #expect(exemplars.count == 2)
        // Without a quote: Prometheus 2.42 leaves the escapes of OpenMetrics in exemplars as they are.
        for one in exemplars { #expect(one.labels == ["query_id": "-4711", "client_application": "web 1"]) }
        #expect(exemplars.allSatisfy { $0.value == 5_000 })
    }

    private func compareHistogram(_ prometheus: PrivatePrometheus, _ job: String) async throws {
        func ask(_ expression: String) async throws -> Double? {
            try await prometheus.query(expression).first?.value
        }
        guard job != "openmetrics" else {
            #expect(try await ask("test_duration_seconds_created{job=\"openmetrics\"}") == 1_700_000_000)
            #expect(try await ask("test_things_created{job=\"openmetrics\"}") == 1_700_000_000)
            return
        }
        let selected = "test_duration_seconds{job=\"\(job)\"}"
        #expect(try await ask("histogram_count(\(selected))") == Double(histogram.count))
        #expect(try await ask("histogram_sum(\(selected))") == histogram.sum)
        for share in [0.05, 0.5, 0.9, 0.99] {
            let read = try #require(try await ask("histogram_quantile(\(share), \(selected))"))
            let expected = values[Int(share * Double(values.count))]
            #expect(abs(read / expected - 1) < 0.0906, "\(share): \(read) instead of \(expected)")
        }
    }

    private struct Series: Hashable {
        let name: String
        let labels: [String: String]

        init(_ name: String, _ labels: [String: String]) {
            self.name = name
            self.labels = labels
        }
    }

    /// The series of a job that have numbers, but for the times at which they began.
    private func series(_ prometheus: PrivatePrometheus, _ job: String) async throws -> [Series: Double] {
        let found = try await prometheus.query(
            "{job=\"\(job)\", __name__=~\"test_.*\", __name__!=\"\(Self.durations.name)\", __name__!~\".*_created\"}")
        var result: [Series: Double] = [:]
        for one in found {
            var labels = one.labels
            for name in ["job", "instance"] { labels[name] = nil }
            let name = labels.removeValue(forKey: "__name__") ?? ""
            result[Series(name, labels)] = one.value
        }
        return result
    }

    private static func same(_ one: Double?, _ other: Double) -> Bool {
        one.map { $0 == other || ($0.isNaN && other.isNaN) } ?? false
    }
}
