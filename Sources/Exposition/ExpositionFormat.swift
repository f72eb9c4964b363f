/// The formats in which metrics are served.
public enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    case text
    case openMetrics
    /// OpenMetrics for those who ask for version 0.0.1, a draft of 1.0: the same bytes.
    case openMetricsDraft
    case protobuf

    /// For the header `Content-Type`.
    public var contentType: String {
        switch self {
        case .text: TextEncoder.contentType
        case .openMetrics: OpenMetricsEncoder.contentType
        case .openMetricsDraft: "application/openmetrics-text; version=0.0.1; charset=utf-8"
        case .protobuf: ProtobufEncoder.contentType
        }
    }

    /// The exposition of a snapshot.
    public func encode(_ snapshot: Snapshot) -> [UInt8] {
        encode(snapshot.families)
    }

    /// The exposition of the families, in the order given.
    package func encode(_ families: [MetricFamily]) -> [UInt8] {
        switch self {
        case .text: TextEncoder.encode(families)
        case .openMetrics, .openMetricsDraft: OpenMetricsEncoder.encode(families)
        case .protobuf: ProtobufEncoder.encode(families)
        }
    }

    /// The format that a client prefers of those there are.
    ///
    /// As Go's client decides it: of the ranges with the highest `q` that name one of our formats, the first. Whoever
    /// names none, and whoever takes anything (`*/*`), gets text.
    /// - Parameter accept: The header `Accept`; nil when there is none.
    public static func negotiated(accept: String?) -> ExpositionFormat {
        let ranges = HeaderItem.parse(accept ?? "").filter { $0.quality > 0 }
        return ranges.lazy.compactMap(format).first ?? .text
    }

    private static func format(_ range: HeaderItem) -> ExpositionFormat? {
        let version = range.parameters["version"]
        switch range.value {
        case "text/plain", "text/*", "*/*":
            return version == nil || version == "0.0.4" ? .text : nil
        case "application/openmetrics-text":
            return version == "1.0.0" ? .openMetrics : version == nil || version == "0.0.1" ? .openMetricsDraft : nil
        case "application/vnd.google.protobuf":
            let isOurs =
                range.parameters["proto"] == "io.prometheus.client.MetricFamily"
                && range.parameters["encoding"] == "delimited"
            return isOurs ? .protobuf : nil
        default:
            return nil
        }
    }
}
