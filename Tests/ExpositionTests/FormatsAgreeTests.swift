import ClientModel
import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@testable import Exposition

/// Every format of one snapshot says the same, as readers that we did not write understand it.
@Suite("Formats agree")
struct FormatsAgreeTests {
    private static let pages = 150

    @Test("random families: text, OpenMetrics (Python's client) and protobuf (swift-protobuf) say the same")
    func randomFamilies() async throws {
        var random = RandomFamilies(seed: 2_024)
        let snapshots = (0..<Self.pages).map { _ in random.page() }
        let openMetrics = try await OpenMetricsOracle.read(
            snapshots.map { String(decoding: OpenMetricsEncoder.encode($0), as: UTF8.self) })
        try #require(openMetrics.count == snapshots.count)
        for (snapshot, families) in zip(snapshots, openMetrics) {
            let text = try ReadPage(text: String(decoding: TextEncoder.encode(snapshot), as: UTF8.self))
            let protobuf = try ClientModelReader.read(ProtobufEncoder.encode(snapshot))
            #expect(differences(ReadPage(protobuf: protobuf), text) == [])
            let read = ReadPage(openMetrics: families)
            #expect(differences(read, text.filter { read[$0.key] != nil || !isSumless($0.key, snapshot, text) }) == [])
            try compareDetails(of: snapshot, families, protobuf)
        }
    }

    /// Whether it is the sum or the count of a histogram whose sum OpenMetrics does not allow.
    private func isSumless(_ series: ReadSeries, _ snapshot: Snapshot, _ text: ReadPage) -> Bool {
        let sum = series.replacing("_sum", with: "_sum") ?? series.replacing("_count", with: "_sum")
        guard let sum, let value = text[sum] else { return false }
        let family = snapshot.families.first { Array(($0.descriptor.name + "_sum").utf8) == sum.name }
        return !(value >= 0) || family?.descriptor.buckets.first ?? 0 < 0
    }

    private func compareDetails(
        of snapshot: Snapshot, _ openMetrics: [OpenMetricsOracle.Family],
        _ protobuf: [Io_Prometheus_Client_MetricFamily]
    ) throws {
        let forms = OpenMetricsFamily.all(snapshot.families)
        try #require(openMetrics.count == snapshot.families.count && protobuf.count == snapshot.families.count)
        for (index, family) in snapshot.families.enumerated() {
            #expect(Array(openMetrics[index].help.utf8) == Array(family.descriptor.help.utf8))
            #expect(Array(protobuf[index].help.utf8) == Array(family.descriptor.help.utf8))
            #expect(openMetrics[index].name == forms[index].name)
            #expect(openMetrics[index].type == forms[index].type.rawValue)
            #expect(openMetrics[index].unit == forms[index].unit ?? "")
            let began = openMetrics[index].samples.filter { $0.name.hasSuffix("_created") }.map(\.value)
            if forms[index].showsCreation { #expect(began == family.samples.compactMap(\.created)) }
            for (sample, metric) in zip(family.samples, protobuf[index].metric) {
                guard case .histogram(let histogram) = sample.value else { continue }
                compare(histogram, metric.histogram)
                #expect(metric.histogram.hasCreatedTimestamp == (sample.created != nil))
                #expect(abs(metric.histogram.createdTimestamp.secondsSince1970 - (sample.created ?? 0)) < 2e-6)
            }
            let exemplars = openMetrics[index].samples.compactMap(\.exemplar)
            let expected = family.samples.flatMap { sample -> [Exemplar] in
                guard case .histogram(let histogram) = sample.value else { return [] }
                return histogram.exemplars.compactMap(\.self)
            }
            #expect(exemplars.map(\.value) == expected.map(\.value))
            #expect(exemplars.map(\.timestamp) == expected.map(\.timestamp))
            #expect(
                exemplars.map { ReadSeries("", $0.labels) } == expected.map { ReadSeries("", $0.labels.dictionary) })
        }
    }

    /// Reads the native histogram back from its spans and deltas.
    private func compare(_ histogram: Histogram, _ read: Io_Prometheus_Client_Histogram) {
        let native = histogram.native
        #expect(read.schema == Int32(native.schema))
        #expect(read.zeroThreshold == NativeBuckets.zeroThreshold)
        #expect(read.zeroCount == native.zeroCount)
        let (positive, negative) = (
            counts(read.positiveSpan, read.positiveDelta), counts(read.negativeSpan, read.negativeDelta)
        )
        #expect(positive == Dictionary(uniqueKeysWithValues: zip(native.positive.indexes, native.positive.counts)))
        #expect(negative == Dictionary(uniqueKeysWithValues: zip(native.negative.indexes, native.negative.counts)))
        let total = read.zeroCount + positive.values.reduce(0, +) + negative.values.reduce(0, +)
        #expect(total == read.sampleCount, "Prometheus rejects it otherwise")
        let exemplars = histogram.exemplars.compactMap(\.self)
        #expect(read.exemplars.map(\.value) == exemplars.map(\.value))
        #expect(read.exemplars.allSatisfy { $0.hasTimestamp })
    }

    private func counts(_ spans: [Io_Prometheus_Client_BucketSpan], _ deltas: [Int64]) -> [Int32: UInt64] {
        var result: [Int32: UInt64] = [:]
        var index: Int32 = 0
        var count: Int64 = 0
        var rest = deltas[...]
        for span in spans {
            index += span.offset
            for _ in 0..<span.length {
                count += rest.popFirst() ?? 0
                if count > 0 { result[index] = UInt64(count) }
                index += 1
            }
        }
        #expect(rest.isEmpty)
        return result
    }

    @Test("quantiles of native histograms lie within 9 % of the true ones")
    func quantiles() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<30 {
            let scale = pow(10, Double.random(in: -6...3, using: &random))
            let shape = Double.random(in: 0.2...3, using: &random)
            var histogram = Histogram(bounds: [1])
            let values = (0..<3_000).map { _ in
                scale * pow(-log(Double.random(in: 1e-9...1, using: &random)), shape)
            }.sorted()
            for value in values { histogram.observe(value) }
            let native = histogram.native
            let error = exp2(exp2(-Double(native.schema))) - 1
            for share in [0.01, 0.1, 0.5, 0.9, 0.99, 0.999] {
                let rank = Int((share * Double(values.count)).rounded(.up)) - 1
                var passed = native.zeroCount
                guard
                    let bucket = native.positive.counts.firstIndex(where: { count in
                        passed += count
                        return passed > UInt64(rank)
                    })
                else {
                    Issue.record("no bucket for \(share)")
                    continue
                }
                let index = Int(native.positive.indexes[bucket])
                let upper = NativeBuckets.upperBound(of: index, schema: native.schema)
                let lower = NativeBuckets.upperBound(of: index - 1, schema: native.schema)
                #expect(values[rank] > lower && values[rank] <= upper)
                #expect(upper / lower - 1 <= error + 1e-12)
            }
        }
    }
}

extension Labels {
    fileprivate var dictionary: [String: String] { Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) }) }
}

extension Google_Protobuf_Timestamp {
    fileprivate var secondsSince1970: Double { Double(seconds) + Double(nanos) / 1e9 }
}
