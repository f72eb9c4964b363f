import Foundation

/// Python's Prometheus client as a reader of OpenMetrics: whatever it complains of is an error.
package enum OpenMetricsOracle {
    /// A family as Python's client understood it.
    package struct Family: Decodable, Sendable {
        package let name: String
        package let type: String
        package let unit: String
        package let help: String
        package let samples: [Sample]
    }

    package struct Sample: Decodable, Sendable {
        package let name: String
        package let labels: [String: String]
        /// The bits of the number: JSON knows neither NaN nor infinities.
        private let bits: String
        package let exemplar: Exemplar?

        package var value: Double { Double(bitPattern: UInt64(bits, radix: 16) ?? 0) }
    }

    package struct Exemplar: Decodable, Sendable {
        package let labels: [String: String]
        package let value: Double
        package let timestamp: Double?
    }

    package struct Complaint: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads pages, each up to its `# EOF`.
    package static func read(_ pages: [String]) async throws -> [[Family]] {
        // Debian's package is for Debian's Python, which need not be the first one.
        let isDebian = FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/prometheus_client")
        let python = isDebian ? "/usr/bin/python3" : "python3"
        let outcome = try await runTool(python, ["-c", script], input: pages.joined())
        guard outcome.status == 0 else { throw Complaint(description: String(outcome.error.suffix(2_000))) }
        return try JSONDecoder().decode([[Family]].self, from: Data(outcome.output.utf8))
    }

    private static let script = #"""
        import io, json, struct, sys
        from prometheus_client.openmetrics.parser import text_fd_to_metric_families

        def exemplar(one):
            return one and {"labels": one.labels, "value": float(one.value),
                            "timestamp": one.timestamp and float(one.timestamp)}

        def family(one):
            return {"name": one.name, "type": one.type, "unit": one.unit, "help": one.documentation, "samples": [
                {"name": s.name, "labels": s.labels, "bits": struct.pack(">d", float(s.value)).hex(),
                 "exemplar": exemplar(s.exemplar)} for s in one.samples]}

        text = sys.stdin.buffer.read().decode()
        pages = [page + "# EOF\n" for page in text.split("# EOF\n")[:-1]]
        print(json.dumps([[family(one) for one in text_fd_to_metric_families(io.StringIO(page))] for page in pages]))
        """#
}
