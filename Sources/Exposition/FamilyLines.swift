/// Writes the lines of one family's samples. What they share was made with the declaration, and what the lines of one
/// sample share, its labels, with the sample.
struct FamilyLines {
    private let name: String
    private let created: String
    private let text: DeclaredText
    private let bucketEnds: [[UInt8]]
    private var labels: [UInt8] = []

    /// - Parameter family: the name without suffixes of its type, for `_created`.
    init(_ family: MetricFamily, named stem: String) {
        let descriptor = family.descriptor
        name = descriptor.name
        created = stem + "_created"
        text = descriptor.text
        let bounds = family.bounds
        bucketEnds = bounds == descriptor.buckets ? text.bucketEnds : DeclaredText.ends(of: bounds)
    }

    /// Begins a sample: the lines that follow have its labels.
    mutating func begin(_ sample: Sample) {
        labels = sample.text
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
            output.append(text.bucket)
            output.append(UInt8(ascii: "{"))
            if !labels.isEmpty {
                output.append(labels)
                output.append(UInt8(ascii: ","))
            }
            output.append(bucketEnds[index])
            output.appendCount(cumulative)
            if exemplars, index < histogram.exemplars.count, let exemplar = histogram.exemplars[index] {
                Self.append(exemplar, into: &output)
            }
            output.append(UInt8(ascii: "\n"))
        }
    }

    func appendSumAndCount(_ histogram: Histogram, into output: inout TextOutput) {
        append(text.sum, into: &output)
        output.appendNumber(histogram.sum)
        output.append(UInt8(ascii: "\n"))
        append(text.count, into: &output)
        output.appendCount(histogram.count)
        output.append(UInt8(ascii: "\n"))
    }

    /// Name and labels of a series, and the blank before its value.
    private func append(_ name: String, into output: inout TextOutput) {
        output.append(name)
        if !labels.isEmpty {
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
