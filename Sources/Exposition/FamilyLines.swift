/// Writes the lines of one family's samples, with what they share made once: the names of the series and the bounds of
/// the buckets. The labels of a sample are escaped once, however many lines it has.
struct FamilyLines: ~Copyable {
    private let name: String
    private let bucket: String
    private let sum: String
    private let count: String
    private let created: String
    /// What ends the labels of each bucket, from the first to that of `+Inf`; the bound comes last, as Go's client
    /// writes it.
    private let bounds: [[UInt8]]
    private var labels = TextOutput(capacity: 256)
    private var isBare = true

    /// - Parameter family: the name without suffixes of its type, for `_created`.
    init(_ family: MetricFamily, named stem: String) {
        name = family.descriptor.name
        created = stem + "_created"
        // Most families have none of these.
        guard family.descriptor.type == .histogram else {
            (bucket, sum, count, bounds) = ("", "", "", [])
            return
        }
        (bucket, sum, count) = (name + "_bucket", name + "_sum", name + "_count")
        var text = TextOutput(capacity: 64)
        bounds = (family.bounds + [.infinity]).map { bound in
            text.removeAll()
            text.append("le=\"")
            text.appendBound(bound)
            text.append("\"} ")
            return text.bytes
        }
    }

    /// Begins a sample: the lines that follow have its labels.
    mutating func begin(_ sample: Sample) {
        labels.removeAll()
        labels.appendPairs(sample.labels)
        isBare = sample.labels.pairs.isEmpty
    }

    func appendNumber(_ value: Double, into output: inout TextOutput) {
        append(name, into: &output)
        output.appendNumber(value)
        output.append(UInt8(ascii: "\n"))
    }

    func appendCreated(_ time: Double, into output: inout TextOutput) {
        append(created, into: &output)
        output.appendNumber(time)
        output.append(UInt8(ascii: "\n"))
    }

    /// The lines of the buckets, cumulative.
    /// - Parameter exemplars: write those, too.
    func appendBuckets(_ histogram: Histogram, exemplars: Bool, into output: inout TextOutput) {
        var cumulative: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            cumulative += count
            output.append(bucket)
            output.append(UInt8(ascii: "{"))
            if !isBare {
                output.append(labels)
                output.append(UInt8(ascii: ","))
            }
            output.append(bounds[index])
            output.appendCount(cumulative)
            if exemplars, index < histogram.exemplars.count, let exemplar = histogram.exemplars[index] {
                Self.append(exemplar, into: &output)
            }
            output.append(UInt8(ascii: "\n"))
        }
    }

    func appendSumAndCount(_ histogram: Histogram, into output: inout TextOutput) {
        append(sum, into: &output)
        output.appendNumber(histogram.sum)
        output.append(UInt8(ascii: "\n"))
        append(count, into: &output)
        output.appendCount(histogram.count)
        output.append(UInt8(ascii: "\n"))
    }

    /// Name and labels of a series, and the blank before its value.
    private func append(_ name: String, into output: inout TextOutput) {
        output.append(name)
        if !isBare {
            output.append(UInt8(ascii: "{"))
            output.append(labels)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: " "))
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
