/// What the formats make of a family's declaration, made once: names of its series, and the ends of its buckets' labels.
struct DeclaredText: Sendable {
    /// The name without the suffix of its type, as OpenMetrics calls a counter or an info; nil where there is none.
    let stem: String?
    /// Whether the name ends with the unit, and the stem's does.
    let nameShowsUnit: Bool
    let stemShowsUnit: Bool
    /// Of a histogram; empty for any other type.
    let bucket: String
    let sum: String
    let count: String
    /// What ends the labels of each bucket, from the first to that of `+Inf`; the bound comes last, as Go's client
    /// writes it.
    let bucketEnds: [[UInt8]]

    init(_ name: String, _ type: MetricType, unit: String?, buckets: [Double]) {
        let stem = Self.stem(name, type)
        self.stem = stem
        nameShowsUnit = unit.map { name.hasSuffix("_" + $0) } ?? false
        stemShowsUnit = unit.map { stem?.hasSuffix("_" + $0) ?? false } ?? false
        guard type == .histogram else {
            (bucket, sum, count, bucketEnds) = ("", "", "", [])
            return
        }
        (bucket, sum, count) = (name + "_bucket", name + "_sum", name + "_count")
        bucketEnds = Self.ends(of: buckets)
    }

    private static func stem(_ name: String, _ type: MetricType) -> String? {
        let suffix: String
        switch type {
        case .counter: suffix = "_total"
        case .info: suffix = "_info"
        case .gauge, .histogram, .stateset, .unknown: return nil
        }
        return name.hasSuffix(suffix) && name != suffix ? String(name.dropLast(suffix.count)) : nil
    }

    static func ends(of bounds: [Double]) -> [[UInt8]] {
        var text = TextOutput(capacity: 64)
        return (bounds + [.infinity]).map { bound in
            text.removeAll()
            text.append("le=\"")
            text.appendBound(bound)
            text.append("\"} ")
            return text.bytes
        }
    }
}
