import ClientModel
import TestSupport

/// One series as a reader of some format found it. Texts are compared by their bytes, since Swift takes canonically
/// equivalent ones for equal, bounds by their numbers.
struct ReadSeries: Hashable {
    let name: [UInt8]
    let labels: [[UInt8]]

    init(_ name: String, _ labels: [String: String]) {
        self.name = Array(name.utf8)
        self.labels = labels.map { label, value in
            let bound = label == "le" ? Double(value.replacing("Inf", with: "infinity")).map { "\($0)" } : nil
            return Array(label.utf8) + [0] + Array((bound ?? value).utf8)
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// What a page says: every series with its value.
typealias ReadPage = [ReadSeries: Double]

/// Where two readers disagree, for people; NaN is the same as NaN.
func differences(_ one: ReadPage, _ other: ReadPage) -> [String] {
    Set(one.keys).union(other.keys).compactMap { series in
        let (left, right) = (one[series], other[series])
        let areEqual = left == right || (left?.isNaN ?? false && right?.isNaN ?? false)
        return areEqual ? nil : "\(series): \(left.map { "\($0)" } ?? "–") and \(right.map { "\($0)" } ?? "–")"
    }
}

extension ReadSeries: CustomStringConvertible {
    var description: String {
        String(decoding: name, as: UTF8.self) + "\(labels.map { String(decoding: $0, as: UTF8.self) })"
    }

    /// The same labels under another suffix.
    func replacing(_ suffix: String, with other: String) -> ReadSeries? {
        guard name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { return nil }
        return ReadSeries(name: name.dropLast(suffix.utf8.count) + other.utf8, labels: labels)
    }

    private init(name: [UInt8], labels: [[UInt8]]) {
        self.name = name
        self.labels = labels
    }
}

extension ReadPage {
    init(text: String) throws {
        self = [:]
        for one in try MetricsText(parsing: text).series { self[ReadSeries(one.name, one.labels)] = one.value }
    }

    /// Without the times at which series began, which no other text says.
    init(openMetrics: [OpenMetricsOracle.Family]) {
        self = [:]
        for sample in openMetrics.flatMap(\.samples) where !sample.name.hasSuffix("_created") {
            self[ReadSeries(sample.name, sample.labels)] = sample.value
        }
    }

    /// Classic buckets, as a scraper that knows no native histograms reads them.
    init(protobuf: [Io_Prometheus_Client_MetricFamily]) {
        self = [:]
        for family in protobuf {
            for metric in family.metric { add(metric, of: family.name) }
        }
    }

    private mutating func add(_ metric: Io_Prometheus_Client_Metric, of name: String) {
        let labels = [String: String](uniqueKeysWithValues: metric.label.map { ($0.name, $0.value) })
        if metric.hasCounter { self[ReadSeries(name, labels)] = metric.counter.value }
        if metric.hasGauge { self[ReadSeries(name, labels)] = metric.gauge.value }
        if metric.hasUntyped { self[ReadSeries(name, labels)] = metric.untyped.value }
        guard metric.hasHistogram else { return }
        let histogram = metric.histogram
        self[ReadSeries(name + "_sum", labels)] = histogram.sampleSum
        self[ReadSeries(name + "_count", labels)] = Double(histogram.sampleCount)
        var buckets = histogram.bucket.map { ($0.upperBound, $0.cumulativeCount) }
        if buckets.last?.0 != .infinity { buckets.append((.infinity, histogram.sampleCount)) }
        for (bound, count) in buckets {
            var labels = labels
            labels["le"] = bound.isInfinite ? "+Inf" : "\(bound)"
            self[ReadSeries(name + "_bucket", labels)] = Double(count)
        }
    }
}
