import Demo
import Foundation
import Operations
import TestSupport
import Testing

/// `alerts/alertmanager.yml`, asked of Alertmanager itself.
@Suite("Alertmanager's example", .timeLimit(.minutes(2)))
struct AlertmanagerTests {
    private static let file = "alerts/alertmanager.yml"

    @Test("amtool has no complaint about it")
    func valid() async throws {
        let outcome = try await Command.run("amtool", ["check-config", Self.file])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("every alert goes to the receiver of its severity", arguments: Alert.all)
    func severities(_ alert: Alert) async throws {
        let receivers = ["critical": "pager", "warning": "ticket", "info": "digest", "none": "dead-man"]
        let receiver = try #require(receivers[alert.severity])
        try await expect(["alertname=\(alert.alert)", "severity=\(alert.severity)", "target=main"], go: receiver)
    }

    @Test(
        "what is muted at times goes where the rest goes, and what is not ours goes somewhere",
        arguments: [
            ("pager", ["alertname=PgLongTransaction", "severity=critical", "target=your-server"]),
            ("ticket", ["alertname=PgSlowQueries", "severity=warning", "target=your-server"]),
            ("pager", ["alertname=PgPoolExhausted", "severity=critical", "target=your-server"]),
            ("ticket", ["alertname=SomethingElse"]),
            ("ticket", ["alertname=SomethingElse", "severity=page"]),
        ])
    func routes(_ receiver: String, _ labels: [String]) async throws {
        try await expect(labels, go: receiver)
    }

    private func expect(_ labels: [String], go receiver: String) async throws {
        let outcome = try await Command.run(
            "amtool",
            ["config", "routes", "test", "--config.file=\(Self.file)", "--verify.receivers=\(receiver)"] + labels
        )
        #expect(outcome.status == 0, "\(labels): \(outcome.output)")
    }

    @Test("every alert that it names exists, and no address in it is anybody's")
    func names() throws {
        let text = try Repository.text(Self.file)
        let named = Set(text.matches(of: /\bPg[A-Z][A-Za-z]+/).map { String($0.output) })
        #expect(named.count > 8)
        #expect(named.isSubset(of: Set(AlertName.allCases.map(\.rawValue))))
        let hosts = text.matches(of: /https?:\/\/([^\/']+)/).map { String($0.1) }
        #expect(hosts.count == 4 && hosts.allSatisfy { $0.hasSuffix(".example.com") })
    }

    @Test("an Alertmanager that runs it silences what is needless to say, and nothing else")
    func inhibition() async throws {
        try await withPrivateDirectory { directory in
            let manager = try await PrivateAlertmanager.start(in: directory, configuration: Repository.text(Self.file))
            for (number, inhibition) in Inhibition.cases.enumerated() {
                for labels in [inhibition.source, inhibition.other] {
                    // A job for each, so that they leave one another alone.
                    let arguments = labels.merging(["job": "case-\(number)"]) { $1 }.map { "\($0)=\($1)" }.sorted()
                    let outcome = try await Command.run(
                        "amtool", ["alert", "add", "--alertmanager.url=\(manager.url)"] + arguments)
                    #expect(outcome.status == 0, "\(outcome.output)")
                }
            }
            let alerts = try await eventually("every alert has come", within: .seconds(60)) {
                try await manager.alerts()
            } is: {
                $0.count == 2 * Inhibition.cases.count && $0.allSatisfy { $0.status.state != "unprocessed" }
            }
            for (number, inhibition) in Inhibition.cases.enumerated() {
                let pair = alerts.filter { $0.labels["job"] == "case-\(number)" }
                let source = try #require(pair.first { $0.labels == inhibition.source.merging(job(number)) { $1 } })
                let other = try #require(pair.first { $0.labels == inhibition.other.merging(job(number)) { $1 } })
                #expect(source.status.inhibitedBy.isEmpty, "\(inhibition)")
                #expect(
                    other.status.inhibitedBy == (inhibition.isSilenced ? [source.fingerprint] : []), "\(inhibition)")
            }
            try await manager.stop()
        }
    }

    private func job(_ number: Int) -> [String: String] { ["job": "case-\(number)"] }
}
