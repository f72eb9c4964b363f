import Demo
import Foundation

/// A throwaway Prometheus on a free port of 127.0.0.1, its data in a private directory.
package actor PrivatePrometheus {
    /// One result of an instant query.
    package struct Sample: Sendable, Equatable {
        package let labels: [String: String]
        package let value: Double

        package init(labels: [String: String], value: Double) {
            self.labels = labels
            self.value = value
        }
    }

    /// One alert, pending or firing.
    package struct Alert: Sendable, Equatable {
        package let name: String
        /// `pending` or `firing`.
        package let state: String
        package let labels: [String: String]
        package let annotations: [String: String]
    }

    package nonisolated let port: UInt16
    private var process: ServerProcess

    package nonisolated var url: String { "http://127.0.0.1:\(port)" }

    private init(port: UInt16, process: ServerProcess) {
        self.port = port
        self.process = process
    }

    /// Starts it with a configuration (`prometheus.yml`).
    ///
    /// - Parameters:
    ///   - files: Further files, from name to text, beside the configuration: it names rule files relatively.
    ///   - features: For `--enable-feature`.
    ///   - history: What it knows from the start: OpenMetrics text with timestamps, made into blocks by `promtool`.
    /// - Throws: `PrivateServerError`, with Prometheus' own words.
    package static func start(
        in directory: PrivateDirectory, name: String = "prometheus", configuration: String,
        files: [String: String] = [:], features: [String] = [], history: String? = nil
    ) async throws -> PrivatePrometheus {
        let program = try PostgresBinaries.locate("prometheus")
        let home = try directory.makeSubdirectory(name)
        let configurationFile = try directory.write(configuration, to: "\(name)/prometheus.yml")
        for (file, text) in files { _ = try directory.write(text, to: "\(name)/\(file)") }
        if let history {
            let file = try directory.write(history, to: "\(name)/history.txt")
            // Few large blocks: promtool reads the whole text for each.
            _ = try await Tool.requireAsServer(
                "promtool",
                [
                    "tsdb", "create-blocks-from", "--quiet", "openmetrics", "--max-block-duration=216h", file,
                    "\(home)/data",
                ], directory: directory.path)
        }
        return try await FreePort.retrying { port in
            let command = [
                program, "--config.file=\(configurationFile)", "--storage.tsdb.path=\(home)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
                "--enable-feature=\(features.joined(separator: ","))",
            ]
            let process = try await ServerProcess.launch(name: name, command: command, in: directory) { _ in
                (try? await HTTPClient.get("http://127.0.0.1:\(port)/-/ready", timeout: .seconds(1)))?.status == 200
            }
            return PrivatePrometheus(port: port, process: process)
        }
    }

    package func stop() async throws { try await process.end(SIGTERM) }

    /// Evaluates an expression, now or at a time since 1970, in seconds. A scalar is one sample without labels.
    package nonisolated func query(_ expression: String, at time: Double? = nil) async throws -> [Sample] {
        let moment = time.map { [("time", "\($0)")] } ?? []
        let data: QueryData = try await ask("/api/v1/query", [("query", expression)] + moment).data
        return data.samples
    }

    /// The exemplars of the series that an expression selects, of the last hour; needs the feature `exemplar-storage`.
    package nonisolated func exemplars(_ expression: String) async throws -> [Sample] {
        let now = Date.now.timeIntervalSince1970
        let data: [ExemplarData] = try await ask(
            "/api/v1/query_exemplars",
            [("query", expression), ("start", "\(Int(now) - 3_600)"), ("end", "\(Int(now) + 60)")]
        ).data
        return data.flatMap(\.exemplars).map { Sample(labels: $0.labels, value: Double($0.value) ?? .nan) }
    }

    /// Every alert that is pending or firing now.
    package nonisolated func alerts() async throws -> [Alert] {
        let data: AlertData = try await ask("/api/v1/alerts").data
        return data.alerts.map { alert in
            Alert(
                name: alert.labels["alertname"] ?? "", state: alert.state, labels: alert.labels,
                annotations: alert.annotations)
        }
    }

    /// Asks its API.
    ///
    /// - Throws: `HTTPClient.Failure` with Prometheus' own words when it does not answer with 200.
    nonisolated func ask<Payload: Decodable>(
        _ path: String, _ parameters: [(name: String, value: String)] = []
    ) async throws -> Answer<Payload> {
        let query = parameters.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }
        let address = url + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let response = try await HTTPClient.get(address, timeout: .seconds(30))
        guard response.status == 200 else {
            throw HTTPClient.Failure(description: "Prometheus answers \(response.status): \(response.text.prefix(500))")
        }
        return try JSONDecoder().decode(Answer<Payload>.self, from: Data(response.body))
    }

    /// What the API answers.
    struct Answer<Payload: Decodable>: Decodable {
        let data: Payload
        let warnings: [String]?
    }
}

private struct AlertData: Decodable {
    struct Alert: Decodable {
        let labels: [String: String]
        let annotations: [String: String]
        let state: String
    }
    let alerts: [Alert]
}

private struct ExemplarData: Decodable {
    struct Exemplar: Decodable {
        let labels: [String: String]
        let value: String
    }
    let exemplars: [Exemplar]
}

/// The two shapes of an instant query's result: a list of series, or one scalar.
private struct QueryData: Decodable {
    let samples: [PrivatePrometheus.Sample]

    private enum Key: String, CodingKey { case resultType, result }

    private struct Element: Decodable {
        let metric: [String: String]
        let value: PrivatePrometheus.Point
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if try container.decode(String.self, forKey: .resultType) == "scalar" {
            samples = [
                .init(labels: [:], value: try container.decode(PrivatePrometheus.Point.self, forKey: .result).value)
            ]
        } else {
            samples = try container.decode([Element].self, forKey: .result).map {
                .init(labels: $0.metric, value: $0.value.value)
            }
        }
    }
}
