import TestSupport

/// What is wrong with the answer to a panel's query.
enum PanelVerdict {
    /// More lines than that nobody reads; a table can be scrolled and sorted.
    static func seriesLimit(of query: PanelQuery) -> Int { query.type == "table" ? 100 : 50 }

    /// The largest and smallest value that makes sense, by Grafana's unit; a generous judgement.
    static let sane: [String: ClosedRange<Double>] = [
        "percentunit": -0.000_001...1.5,
        "percent": -0.000_1...150,
        "s": -1...1e6,
        "ms": -1_000...1e9,
        "dtdurations": -1...1e8,
        "bytes": -1...1e15,
        "decbytes": -1...1e15,
        "Bps": -1...1e12,
        "binBps": -1...1e12,
        "ops": -0.001...1e7,
        "reqps": -0.001...1e7,
        "short": -1e9...1e12,
        "none": -1e9...1e12,
    ]

    static func problems(of result: PrivatePrometheus.RangeResult, for query: PanelQuery) -> [Complaint.Problem] {
        var problems: [Complaint.Problem] = []
        if !result.warnings.isEmpty { problems.append(.warnings(result.warnings)) }
        guard hasData(result) else { return problems + [.empty] }
        if query.isHeatmap {
            if !result.series.allSatisfy({ $0.labels["le"] != nil }) { problems.append(.noBuckets) }
        } else if result.series.count > seriesLimit(of: query) {
            problems.append(.tooManySeries(result.series.count))
        }
        for label in query.legendLabels where !result.series.contains(where: { $0.labels[label] != nil }) {
            problems.append(.legendLabelMissing(label))
        }
        return problems + insanity(of: result, for: query)
    }

    static func hasData(_ result: PrivatePrometheus.RangeResult) -> Bool {
        result.series.contains { $0.points.contains(where: \.value.isFinite) }
    }

    /// A wrong unit is wrong most of the time: a ratio of two rates may well be above 1 for a moment.
    ///
    /// A heatmap's unit is that of its buckets, not of its values.
    private static func insanity(
        of result: PrivatePrometheus.RangeResult, for query: PanelQuery
    ) -> [Complaint.Problem] {
        guard !query.isHeatmap, let unit = query.unit, let range = sane[unit] else { return [] }
        for series in result.series {
            let values = series.points.map(\.value).filter(\.isFinite)
            let insane = values.filter { !range.contains($0) }
            if let example = insane.first, insane.count * 2 > values.count {
                return [.insane(unit: unit, value: example)]
            }
        }
        return []
    }
}
