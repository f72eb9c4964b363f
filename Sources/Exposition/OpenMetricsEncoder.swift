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
        var lines = FamilyLines(family, named: form.name)
        for sample in family.samples {
            lines.begin(sample)
            switch sample.value {
            case .number(let value):
                lines.appendNumber(value, into: &output)
            case .histogram(let histogram):
                lines.appendBuckets(histogram, exemplars: true, into: &output)
                if histogram.hasSum { lines.appendSumAndCount(histogram, into: &output) }
            }
            if form.showsCreation, let created = sample.created, created.isFinite, created >= 0 {
                lines.appendCreated(created, into: &output)
            }
        }
    }
}

extension Histogram {
    /// OpenMetrics allows no sum that may fall, and none below zero or that is no number; and without a sum Python's
    /// client wants no count either, which is that of the bucket `+Inf`.
    fileprivate var hasSum: Bool { sum >= 0 && (bounds.first ?? 0) >= 0 }
}
