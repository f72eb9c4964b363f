import Demo
import Foundation
import OperationsSupport
import TestSupport
import Testing

/// Runs the scenario once, before the tests of a suite: `ScenarioRun.current`.
struct ScenarioTrait: SuiteTrait, TestScoping {
    /// Minutes become seconds.
    static let scale = TimeScale(factor: 60)

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let servers = try await ScenarioServers.start(in: directory)
            // Its account is ours, not the servers': it need not read their directory.
            let file = FileManager.default.temporaryDirectory.appending(path: "poolscope-\(UUID().uuidString).yml")
            try Data(servers.configuration(listen: "127.0.0.1:0").utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let path = file.path()
            try await withPoolscope(["serve", "--config", path]) { poolscope in
                let run = try await Self.run(servers, poolscope, configurationFile: path)
                try await ScenarioRun.$current.withValue(run) { try await function() }
                run.webhook.stop()
            }
        }
    }

    private static func run(
        _ servers: ScenarioServers, _ poolscope: RunningPoolscope, configurationFile: String
    ) async throws -> ScenarioRun {
        let url = try await poolscope.url()
        let webhook = try WebhookReceiver()
        let example = try ShippedFiles.text(ShippedFiles.alertmanager)
        let alertmanager = try await PrivateAlertmanager.start(
            in: servers.directory, configuration: try AlertmanagerExample.forTest(example, webhook: webhook.url))
        let rules = try ruleFiles(ShippedFiles.ownRules)
        let prometheus = try await PrivatePrometheus.start(
            in: servers.directory,
            configuration: configuration(
                agent: url, interval: ScenarioRun.scrapeInterval, alertmanager: alertmanager.port),
            files: rules)
        let mutated = try await PrivatePrometheus.start(
            in: servers.directory, name: "mutated",
            configuration: configuration(
                agent: url, interval: ScenarioRun.mutatedScrapeInterval,
                relabelling: [
                    """
                    {source_labels: [__name__], regex: "\(ScenarioRun.renamedMetric)", target_label: __name__, \
                    replacement: renamed}
                    """
                ]),
            files: rules)
        let peers = try await PrivatePrometheus.start(
            in: servers.directory, name: "peers",
            configuration: configuration(
                agent: url, interval: ScenarioRun.mutatedScrapeInterval,
                relabelling: [
                    #"{source_labels: [__name__], regex: "pg_.*|pgbouncer_.*", action: keep}"#,
                    "{source_labels: [target], target_label: instance}",
                    #"{regex: "target|cluster", action: labeldrop}"#,
                ]),
            files: try ruleFiles(ShippedFiles.peerRules))
        let director = ScenarioDirector(
            servers: servers, poolscope: poolscope, prometheus: prometheus, alertmanager: alertmanager,
            webhook: webhook)
        let times = try await director.run()
        return ScenarioRun(
            servers: servers, configurationFile: configurationFile, agentURL: url, prometheus: prometheus,
            mutatedPrometheus: mutated, peersPrometheus: peers, alertmanager: alertmanager, webhook: webhook,
            healthy: times.healthy,
            whole: times.whole, worst: times.worst, snapshots: director.log.snapshots,
            shortcomings: director.log.shortcomings)
    }

    /// Rule files on another scale of time.
    private static func ruleFiles(_ documents: [String: RuleDocument]) throws -> [String: String] {
        let pairs = try documents.map { path, document in
            ("rules-" + path.replacing("/", with: "-"), try scale.document(document).text())
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private static func configuration(
        agent url: String, interval: Double, alertmanager port: UInt16? = nil, relabelling rules: [String] = []
    ) -> String {
        let alerting = port.map {
            "alerting: {alertmanagers: [{static_configs: [{targets: [\"127.0.0.1:\($0)\"]}]}]}\n"
        }
        return """
            global: {scrape_interval: \(Int(interval))s, scrape_timeout: \(Int(interval))s, evaluation_interval: 1s}
            rule_files: ["rules-*.yml"]
            \(alerting ?? "")scrape_configs:
              - job_name: poolscope
                static_configs: [{targets: ["\(url.replacing("http://", with: ""))"]}]
                metric_relabel_configs: [\(rules.joined(separator: ", "))]

            """
    }
}

extension Trait where Self == ScenarioTrait {
    static var scenario: ScenarioTrait { ScenarioTrait() }
}
