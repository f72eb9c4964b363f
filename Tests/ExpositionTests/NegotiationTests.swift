import Exposition
import Testing

@Suite("What a client gets")
struct NegotiationTests {
    private static let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

    @Test(
        "the preferred format that there is, else text",
        arguments: [
            (nil, .text), ("", .text), ("*/*", .text), ("text/html,application/xhtml+xml,*/*;q=0.8", .text),
            ("text/plain", .text), ("text/plain;version=0.0.4", .text), ("text/plain;version=1.0.0", .text),
            ("application/json", .text), (";;,,=,q", .text),
            // Prometheus 2.42, without and with native histograms; 3.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            (
                protobuf + ",application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                .protobuf
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;"
                    + "escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics
            ),
            // Go's client: OpenMetrics without a version is the draft.
            ("application/openmetrics-text", .openMetricsDraft),
            ("application/openmetrics-text;version=0.0.1", .openMetricsDraft),
            ("application/openmetrics-text;version=2.0.0", .text),
            ("application/openmetrics-text;version=2.0.0, \(protobuf);q=0.1", .protobuf),
            (protobuf, .protobuf),
            ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", .text),
            ("application/vnd.google.protobuf;proto=other;encoding=delimited", .text),
            ("application/vnd.google.protobuf", .text),
            // Quality decides, then the order; 0 is a refusal.
            ("text/plain;q=0.5,\(protobuf);q=0.4", .text), ("text/plain;q=0.4,\(protobuf);q=0.5", .protobuf),
            ("text/plain,\(protobuf)", .text), ("\(protobuf),text/plain", .protobuf),
            ("\(protobuf);q=0,text/plain;q=0.1", .text), ("application/openmetrics-text;version=1.0.0;q=0", .text),
            // As lax as header values are.
            (" Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1 ", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=high", .openMetrics),
        ] as [(String?, ExpositionFormat)])
    func format(accept: String?, expected: ExpositionFormat) {
        #expect(ExpositionFormat.negotiated(accept: accept) == expected)
    }

    @Test(
        "gzip for those who take it, nothing for those who take neither",
        arguments: [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("x-gzip", .gzip), ("GZIP;q=0.5", .gzip),
            ("deflate, gzip;q=1.0, *;q=0.5", .gzip), ("br", .identity), ("identity", .identity), ("*", .gzip),
            ("gzip;q=0", .identity), ("gzip;q=0.5, identity", .identity), ("gzip, identity;q=0.5", .gzip),
            ("gzip, identity", .gzip), ("identity;q=0", nil), ("identity;q=0, gzip", .gzip), ("*;q=0", nil),
            ("br, *;q=0", nil), ("gzip;q=0, *;q=0", nil), ("identity;q=0.5, *;q=0", .identity),
            ("gzip;q=0, identity;q=0", nil),
        ] as [(String?, ContentCoding?)])
    func coding(acceptEncoding: String?, expected: ContentCoding?) {
        #expect(ContentCoding.negotiated(acceptEncoding: acceptEncoding) == expected)
    }

    @Test("every format says what it is")
    func contentTypes() {
        for format in ExpositionFormat.allCases {
            #expect(ExpositionFormat.negotiated(accept: format.contentType) == format)
        }
    }
}
