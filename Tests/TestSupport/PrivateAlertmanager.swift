import Demo
import Foundation

/// A throwaway Alertmanager on a free port of 127.0.0.1, alone (without a cluster), its data in a private directory.
package actor PrivateAlertmanager {
    /// One alert that it knows of.
    package struct Alert: Sendable, Equatable, Decodable {
        package struct Status: Sendable, Equatable, Decodable {
            /// `active`, `suppressed` or `unprocessed`.
            package let state: String
            /// Fingerprints of the alerts that silence it.
            package let inhibitedBy: [String]
        }

        package let fingerprint: String
        package let labels: [String: String]
        package let status: Status

        package var name: String { labels["alertname"] ?? "" }
    }

    package nonisolated let port: UInt16
    private var process: ServerProcess

    package nonisolated var url: String { "http://127.0.0.1:\(port)" }

    private init(port: UInt16, process: ServerProcess) {
        self.port = port
        self.process = process
    }

    /// Starts it with a configuration (`alertmanager.yml`).
    ///
    /// - Throws: `PrivateServerError`, with Alertmanager's own words.
    package static func start(
        in directory: PrivateDirectory, name: String = "alertmanager", configuration: String
    ) async throws -> PrivateAlertmanager {
        let program = try locate()
        let home = try directory.makeSubdirectory(name)
        let file = try directory.write(configuration, to: "\(name)/alertmanager.yml")
        return try await FreePort.retrying { port in
            let command = [
                program, "--config.file=\(file)", "--storage.path=\(home)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=", "--log.level=warn",
            ]
            let process = try await ServerProcess.launch(name: name, command: command, in: directory) { _ in
                (try? await HTTPClient.get("http://127.0.0.1:\(port)/-/ready", timeout: .seconds(1)))?.status == 200
            }
            return PrivateAlertmanager(port: port, process: process)
        }
    }

    package func stop() async throws { try await process.end(SIGTERM) }

    /// Every alert that has not ended, silenced ones included.
    package nonisolated func alerts() async throws -> [Alert] {
        let response = try await HTTPClient.get(url + "/api/v2/alerts", timeout: .seconds(30))
        guard response.status == 200 else {
            throw HTTPClient.Failure(
                description: "Alertmanager answers \(response.status): \(response.text.prefix(500))")
        }
        return try JSONDecoder().decode([Alert].self, from: Data(response.body))
    }

    /// Debian calls it otherwise than its authors do.
    private static func locate() throws -> String {
        do {
            return try PostgresBinaries.locate("prometheus-alertmanager")
        } catch {
            return try PostgresBinaries.locate("alertmanager")
        }
    }
}
