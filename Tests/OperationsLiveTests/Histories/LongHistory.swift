import TestSupport

/// Days of samples, invented for series that were really scraped, as OpenMetrics text for `promtool`.
///
/// Counters grow evenly, gauges breathe about the value that they had; labels are the real ones.
struct LongHistory: Sendable {
    static let days = 4
    /// Of the last hours a sample a minute, before that one in four minutes: a range of 5m holds one at least.
    private static let fineHours = 6

    private let end: Double
    private let series: [PrivatePrometheus.Series]
    private let types: HealthyRecording

    /// - Parameters:
    ///   - series: Their last value counts.
    ///   - end: The time of the last sample.
    init(_ series: [PrivatePrometheus.Series], end: Double, types: [String: String]) {
        self.end = end.rounded(.down)
        self.series = series
        self.types = HealthyRecording([], start: 0, types: types)
    }

    var span: PrivatePrometheus.Span { .init(start: end - Double(Self.days) * 86_400, end: end) }

    /// At most `count` series of each name, buckets not counted: what long windows are about is time.
    static func few(_ series: [PrivatePrometheus.Series], perName count: Int) -> [PrivatePrometheus.Series] {
        var kept: [String: Set<[String: String]>] = [:]
        return series.filter { one in
            let name = one.labels["__name__"] ?? ""
            let labels = one.labels.filter { $0.key != "le" && $0.key != "__name__" }
            if kept[name, default: []].contains(labels) { return true }
            guard kept[name, default: []].count < count else { return false }
            kept[name, default: []].insert(labels)
            return true
        }
    }

    var times: [Double] {
        let fine = end - Double(Self.fineHours) * 3_600
        return Array(stride(from: span.start, to: fine, by: 240)) + Array(stride(from: fine, through: end, by: 60))
    }

    /// Untyped, so that names need no suffix.
    func openMetrics() -> String {
        let times = times
        let texts = times.map { "\(Int($0))" }
        var text = ""
        for (name, group) in Dictionary(grouping: series, by: { $0.labels["__name__"] ?? "" }).sorted(by: {
            $0.key < $1.key
        }) {
            text += "# TYPE \(name) unknown\n"
            let kind = types.kind(of: name)
            for one in group {
                guard let last = one.points.last?.value, last.isFinite else { continue }
                let selector = name + Self.labels(one.labels)
                for (index, time) in times.enumerated() {
                    text += "\(selector) \(value(last, kind, at: time)) \(texts[index])\n"
                }
            }
        }
        return text + "# EOF\n"
    }

    private func value(_ last: Double, _ kind: HealthyRecording.Kind, at time: Double) -> Double {
        switch kind {
        // A hundred times what the scenario counted, over the days.
        case .counter: return last * 100 * (time - span.start) / span.seconds
        case .timestamp: return time
        case .moment: return span.start
        case .gauge:
            // States stay what they are.
            guard last != 1, last != 0 else { return last }
            let hour = time.truncatingRemainder(dividingBy: 3_600) / 3_600
            return last * (0.75 + 0.5 * abs(hour - 0.5))
        }
    }

    private static func labels(_ labels: [String: String]) -> String {
        let pairs = labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
    }
}
