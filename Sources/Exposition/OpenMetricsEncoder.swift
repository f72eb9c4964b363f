/// The text format of OpenMetrics 1.0, with exemplars and the times at which series began.
///
/// Every series has the name and the labels that it has in the other formats; only the families are called as
/// OpenMetrics wants it (see `OpenMetricsFamily`).
public enum OpenMetricsEncoder {
    /// For the header `Content-Type` of an answer in this format.
    public static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// The exposition of a snapshot: UTF-8, ready to be sent or written.
    public static func encode(_ snapshot: Snapshot) -> [UInt8] {
        encode(snapshot.families)
    }

    /// The exposition of the families, in the order given.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        var output = TextOutput()
        let families = families.filter { !$0.samples.isEmpty }
        for (family, form) in zip(families, OpenMetricsFamily.all(families)) {
            header(of: form, help: family.descriptor.help, into: &output)
            append(family, form, into: &output)
        }
        output.append("# EOF\n")
        return output.bytes
    }

    private static func header(of form: OpenMetricsFamily, help: String, into output: inout TextOutput) {
        if !help.isEmpty {
            output.append("# HELP ")
            output.append(form.name)
            output.append(" ")
            output.appendEscaped(help, quotes: true)
            output.append("\n")
        }
        output.append("# TYPE ")
        output.append(form.name)
        output.append(" ")
        output.append(form.type.rawValue)
        output.append("\n")
        if let unit = form.unit {
            output.append("# UNIT ")
            output.append(form.name)
            output.append(" ")
            output.append(unit)
            output.append("\n")
        }
    }

    private static func append(_ family: MetricFamily, _ form: OpenMetricsFamily, into output: inout TextOutput) {
        let lines = HistogramLines(family.descriptor.name, bounds: family.bounds)
        for sample in family.samples {
            switch sample.value {
            case .number(let value):
                output.appendSeries(family.descriptor.name, sample.labels)
                output.appendNumber(value)
                output.append(UInt8(ascii: "\n"))
            case .histogram(let histogram):
                lines.appendBuckets(histogram, sample.labels, exemplars: true, into: &output)
                if histogram.hasSum { lines.appendSumAndCount(histogram, sample.labels, into: &output) }
            }
            if form.showsCreation, let created = sample.created, created.isFinite, created >= 0 {
                output.appendSeries(form.name, suffix: "_created", sample.labels)
                output.appendNumber(created)
                output.append(UInt8(ascii: "\n"))
            }
        }
    }
}

extension Histogram {
    /// OpenMetrics allows no sum that may fall, and none below zero or that is no number; and without a sum Python's
    /// client wants no count either, which is that of the bucket `+Inf`.
    fileprivate var hasSum: Bool { sum >= 0 && (bounds.first ?? 0) >= 0 }
}
