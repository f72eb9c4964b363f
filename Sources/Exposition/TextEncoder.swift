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
            for sample in family.samples { write(sample, named: family.descriptor.name, into: &output) }
        }
        return output.bytes
    }

    private static func header(of descriptor: FamilyDescriptor, into output: inout TextOutput) {
        output.append("# HELP ")
        output.append(descriptor.name)
        output.append(" ")
        output.appendEscapedHelp(descriptor.help)
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

    private static func write(_ sample: Sample, named name: String, into output: inout TextOutput) {
        switch sample.value {
        case .number(let value):
            output.appendSeries(name, suffix: "", sample.labels, le: nil, value)
        case .histogram(let histogram):
            var cumulative: UInt64 = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                cumulative += count
                output.appendSeries(name, suffix: "_bucket", sample.labels, le: bound, Double(cumulative))
            }
            output.appendSeries(name, suffix: "_bucket", sample.labels, le: .infinity, Double(histogram.count))
            output.appendSeries(name, suffix: "_sum", sample.labels, le: nil, histogram.sum)
            output.appendSeries(name, suffix: "_count", sample.labels, le: nil, Double(histogram.count))
        }
    }
}
