/// Prometheus' protocol buffers: messages `io.prometheus.client.MetricFamily`, each after its length.
///
/// The only format with native histograms. They stand beside the classic buckets: which of the two is stored is
/// Prometheus' choice. The numbers of the fields are those of client_model's `metrics.proto`.
public enum ProtobufEncoder {
    /// For the header `Content-Type` of an answer in this format.
    public static let contentType =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

    /// The exposition of a snapshot, ready to be sent.
    public static func encode(_ snapshot: Snapshot) -> [UInt8] {
        encode(snapshot.families)
    }

    /// The exposition of the families, in the order given.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        var writer = ProtobufWriter()
        for family in families where !family.samples.isEmpty {
            writer.delimited { write(family, into: &$0) }
        }
        return writer.bytes
    }

    private static func write(_ family: MetricFamily, into writer: inout ProtobufWriter) {
        let descriptor = family.descriptor
        writer.write(1, descriptor.name)
        writer.write(2, descriptor.help)
        writer.write(3, typeNumber(descriptor.type))
        for sample in family.samples {
            writer.write(4) { writer in
                for label in sample.labels.pairs { write(label, field: 1, into: &writer) }
                write(sample, of: descriptor.type, into: &writer)
            }
        }
        if let unit = descriptor.unit { writer.write(5, unit) }
    }

    /// The format knows neither info nor stateset: both are gauges there.
    private static func typeNumber(_ type: MetricType) -> UInt64 {
        switch type {
        case .counter: 0
        case .gauge, .info, .stateset: 1
        case .unknown: 3
        case .histogram: 4
        }
    }

    private static func write(_ label: Label, field: UInt64, into writer: inout ProtobufWriter) {
        writer.write(field) { writer in
            writer.write(1, label.name)
            writer.write(2, label.value)
        }
    }

    private static func write(_ sample: Sample, of type: MetricType, into writer: inout ProtobufWriter) {
        switch (sample.value, type) {
        case (.histogram(let histogram), _):
            writer.write(7) { write(histogram, created: sample.created, into: &$0) }
        case (.number(let value), .counter):
            writer.write(3) { writer in
                writer.write(1, value)
                if let created = sample.created { writeTime(created, field: 3, into: &writer) }
            }
        case (.number(let value), .unknown):
            writer.write(5) { $0.write(1, value) }
        case (.number(let value), .gauge), (.number(let value), .info), (.number(let value), .stateset),
            (.number(let value), .histogram):
            writer.write(2) { $0.write(1, value) }
        }
    }

    /// The classic buckets; that of `+Inf` is implied unless it has an exemplar.
    private static func write(_ histogram: Histogram, created: Double?, into writer: inout ProtobufWriter) {
        writer.write(1, histogram.count)
        writer.write(2, histogram.sum)
        var cumulative: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            cumulative += count
            let exemplar = index < histogram.exemplars.count ? histogram.exemplars[index] : nil
            guard index < histogram.bounds.count || exemplar != nil else { continue }
            writer.write(3) { writer in
                writer.write(1, cumulative)
                writer.write(2, index < histogram.bounds.count ? histogram.bounds[index] : .infinity)
                if let exemplar { write(exemplar, field: 3, into: &writer) }
            }
        }
        write(histogram.native, into: &writer)
        if let created { writeTime(created, field: 15, into: &writer) }
        for exemplar in histogram.exemplars.compactMap(\.self) { write(exemplar, field: 16, into: &writer) }
    }

    private static func write(_ native: NativeBuckets, into writer: inout ProtobufWriter) {
        writer.write(5, zigzag: Int64(native.schema))
        writer.write(6, NativeBuckets.zeroThreshold)
        writer.write(7, native.zeroCount)
        write(native.negative, spans: 9, deltas: 10, into: &writer)
        write(native.positive, spans: 12, deltas: 13, into: &writer)
    }

    /// Runs of buckets, and each bucket's difference from the one before. Gaps of one or two are filled with empty
    /// buckets: that is shorter than a new run.
    private static func write(
        _ buckets: SparseBuckets, spans: UInt64, deltas: UInt64, into writer: inout ProtobufWriter
    ) {
        var place = 0
        var end: Int32 = 0
        while place < buckets.count {
            let first = buckets.indexes[place]
            var last = first
            place += 1
            while place < buckets.count, buckets.indexes[place] - last <= 3 {
                last = buckets.indexes[place]
                place += 1
            }
            writer.write(spans) { writer in
                writer.write(1, zigzag: Int64(first - end))
                writer.write(2, UInt64(last - first + 1))
            }
            end = last + 1
        }
        var previous: Int64 = 0
        var next: Int32?
        for (index, count) in zip(buckets.indexes, buckets.counts) {
            let gap = next.map { index - $0 } ?? 0
            for _ in 0..<(gap <= 2 ? gap : 0) {
                writer.write(deltas, zigzag: 0 - previous)
                previous = 0
            }
            let count = Int64(clamping: count)
            writer.write(deltas, zigzag: count - previous)
            previous = count
            next = index + 1
        }
    }

    private static func write(_ exemplar: Exemplar, field: UInt64, into writer: inout ProtobufWriter) {
        writer.write(field) { writer in
            for label in exemplar.labels.pairs { write(label, field: 1, into: &writer) }
            writer.write(2, exemplar.value)
            writeTime(exemplar.timestamp, field: 3, into: &writer)
        }
    }

    /// `google.protobuf.Timestamp`: whole seconds, rounded down, and nanoseconds, here to the microsecond that a number of
    /// this size can hold.
    private static func writeTime(_ time: Double, field: UInt64, into writer: inout ProtobufWriter) {
        guard time.isFinite, time.magnitude < 1e12 else { return }
        let microseconds = Int64((time * 1e6).rounded())
        let seconds = microseconds >= 0 ? microseconds / 1_000_000 : -((999_999 - microseconds) / 1_000_000)
        writer.write(field) { writer in
            let nanoseconds = (microseconds - seconds * 1_000_000) * 1_000
            if seconds != 0 { writer.write(1, signed: seconds) }
            if nanoseconds != 0 { writer.write(2, signed: nanoseconds) }
        }
    }
}
