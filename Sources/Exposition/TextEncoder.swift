/// Prometheus' text format, version 0.0.4.
public enum TextEncoder {
    /// For the header `Content-Type` of an answer in this format.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The exposition of a snapshot: UTF-8, ready to be sent or written.
    public static func encode(_ snapshot: Snapshot) -> [UInt8] {
        encode(snapshot.families)
    }

    /// The exposition of the families, in the order given.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        var output = TextOutput()
        for family in families where !family.samples.isEmpty {
            header(of: family.descriptor, into: &output)
            append(family, into: &output)
        }
        return output.bytes
    }

    private static func header(of descriptor: FamilyDescriptor, into output: inout TextOutput) {
        output.append("# HELP ")
        output.append(descriptor.name)
        output.append(" ")
        output.appendEscaped(descriptor.help, quotes: false)
        output.append("\n# TYPE ")
        output.append(descriptor.name)
        output.append(" ")
        output.append(typeName(descriptor.type))
        output.append("\n")
    }

    /// Version 0.0.4 knows neither info nor stateset: both are gauges there.
    private static func typeName(_ type: MetricType) -> String {
        switch type {
        case .counter: "counter"
        case .gauge, .info, .stateset: "gauge"
        case .histogram: "histogram"
        case .unknown: "untyped"
        }
    }

    private static func append(_ family: MetricFamily, into output: inout TextOutput) {
        var lines = FamilyLines(family, named: family.descriptor.name)
        for sample in family.samples {
            lines.begin(sample)
            switch sample.value {
            case .number(let value):
                lines.appendNumber(value, into: &output)
            case .histogram(let histogram):
                lines.appendBuckets(histogram, exemplars: false, into: &output)
                lines.appendSumAndCount(histogram, into: &output)
            }
        }
    }
}
