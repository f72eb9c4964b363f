/// The bucket bounds of one family as both text formats write them, made once for all its series.
struct HistogramLines {
    private let name: String
    /// From the first bucket to that of `+Inf`.
    private let bounds: [[UInt8]]

    /// - Parameter bounds: without `+Inf`.
    init(_ name: String, bounds: [Double]) {
        self.name = name
        self.bounds = (bounds + [.infinity]).map { bound in
            var text = TextOutput()
            text.appendBound(bound)
            return text.bytes
        }
    }

    /// The lines of the buckets, cumulative.
    /// - Parameter exemplars: write those, too.
    func appendBuckets(_ histogram: Histogram, _ labels: Labels, exemplars: Bool, into output: inout TextOutput) {
        var cumulative: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            cumulative += count
            output.appendSeries(name, suffix: "_bucket", labels, le: bounds[index])
            output.appendCount(cumulative)
            if exemplars, index < histogram.exemplars.count, let exemplar = histogram.exemplars[index] {
                Self.append(exemplar, into: &output)
            }
            output.append(UInt8(ascii: "\n"))
        }
    }

    func appendSumAndCount(_ histogram: Histogram, _ labels: Labels, into output: inout TextOutput) {
        output.appendSeries(name, suffix: "_sum", labels)
        output.appendNumber(histogram.sum)
        output.append(UInt8(ascii: "\n"))
        output.appendSeries(name, suffix: "_count", labels)
        output.appendCount(histogram.count)
        output.append(UInt8(ascii: "\n"))
    }

    private static func append(_ exemplar: Exemplar, into output: inout TextOutput) {
        output.append(" # {")
        output.appendPairs(exemplar.labels)
        output.append("} ")
        output.appendNumber(exemplar.value)
        output.append(UInt8(ascii: " "))
        output.appendNumber(exemplar.timestamp)
    }
}
