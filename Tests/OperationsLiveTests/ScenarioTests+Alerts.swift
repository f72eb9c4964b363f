import Foundation
import Operations
import TestSupport
import Testing

extension ScenarioTests {
    @Test("alerts that are shipped are not on the list of those to come, and all others are")
    func nothingForgotten() {
        let absent = Set(AlertName.allCases).subtracting(ShippedFiles.alertNames)
        #expect(absent == AlertName.notYetShipped)
    }

    @Test("an alert is told of with its labels, by the receiver that its severity leads to, and is resolved")
    func endToEnd() async throws {
        #expect(run.webhook.refused.isEmpty)
        for name in AlertName.proved {
            guard case .fires(let labels) = name.liveProof else { continue }
            let told = run.webhook.alerts(named: name, with: labels)
            let first = try #require(told.firstIndex { $0.status == "firing" }, "\(name.rawValue) was not told of")
            #expect(run.webhook.hasResolved(name, with: labels), "\(name.rawValue) was not resolved")
            for key in ["summary", "description", "runbook_url", "dashboard_url"] {
                let text = told[first].annotations[key] ?? ""
                #expect(!text.isEmpty && !text.contains("<no value>"), "\(name.rawValue), \(key): \(text)")
                #expect(!text.contains("error expanding"), "\(name.rawValue), \(key): \(text)")
            }
        }
    }

    @Test("every notification came by the receiver that amtool names for its alerts")
    func routes() async throws {
        let example = try ShippedFiles.text(ShippedFiles.alertmanager)
        var expected: [[String: String]: String] = [:]
        for notification in run.webhook.notifications {
            #expect(notification.path == "/\(notification.receiver)")
            for alert in notification.alerts {
                if expected[alert.labels] == nil { expected[alert.labels] = try await receiver(for: alert, example) }
                #expect(expected[alert.labels] == notification.receiver, "\(alert.labels)")
            }
        }
        #expect(!expected.isEmpty)
    }

    private func receiver(for alert: WebhookReceiver.Alert, _ configuration: String) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "alertmanager-\(UUID().uuidString).yml")
        try Data(configuration.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let labels = alert.labels.map { name, value in
            "\(name)=\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        let outcome = try await runTool(
            "amtool", ["config", "routes", "test", "--config.file=\(file.path())"] + labels)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("the alerts for the peers' exporters fire, too, on the metrics that bear the peers' names")
    func peers() async throws {
        let rules = try await run.peersPrometheus.rules()
        #expect(rules.count == ShippedFiles.peerRules.values.flatMap(\.groups).flatMap(\.rules).count)
        for rule in rules { #expect(rule.health == "ok", "\(rule)") }
        for name in [AlertName.poolExhausted, .bouncerDatabasePaused, .bouncerDatabaseDisabled] {
            guard rules.contains(where: { $0.name == name.rawValue }) else { continue }
            let firing = try await run.peersPrometheus.queryRange(
                "ALERTS{alertname=\"\(name.rawValue)\", alertstate=\"firing\"}", over: run.whole,
                step: ScenarioRun.step)
            #expect(!firing.series.isEmpty, "\(name.rawValue)")
        }
    }

    @Test("a target that is down silences its other alerts", .enabled(if: AlertName.proved.contains(.targetDown)))
    func targetDownSilences() {
        #expect(run.snapshots.contains { $0.isSilenced(by: .targetDown, target: "small") })
        // What is not silenced at once is told of before, not later.
        for snapshot in run.snapshots {
            let down = snapshot.first { $0.name == AlertName.targetDown.rawValue && $0.labels["target"] == "small" }
            #expect(down?.status.state != "suppressed")
        }
    }

    @Test("a critical alert silences its warning")
    func criticalSilences() {
        func key(_ alert: PrivateAlertmanager.Alert) -> [String: String] {
            alert.labels.filter { $0.key != "severity" }
        }
        var pairs = 0
        for snapshot in run.snapshots {
            let critical = Dictionary(
                snapshot.filter { $0.labels["severity"] == "critical" }.map { (key($0), $0.fingerprint) }
            ) { first, _ in first }
            for warning in snapshot where warning.labels["severity"] == "warning" {
                guard let source = critical[key(warning)] else { continue }
                pairs += 1
                #expect(
                    warning.status.inhibitedBy.contains(source) || warning.status.state == "unprocessed", "\(warning)")
            }
        }
        #expect(pairs > 0 || !AlertName.proved.contains(.blockedSessions))
    }

    @Test("half an hour of health fires nothing, and the same with one pool exhausted does")
    func healthyHalfHour() async throws {
        let documents = Array(ShippedFiles.ownRules.values)
        let words = MetricNames.words(
            in: documents.flatMap(\.groups).flatMap(\.rules).map(\.expr), through: documents)
        let series = try await run.prometheus.samples(of: "{job=\"poolscope\"}", over: run.healthy)
            // What rules record, the test records itself.
            .filter { one in one.labels["__name__"].map { words.contains($0) && !$0.contains(":") } ?? false }
        #expect(!series.isEmpty)
        let recording = HealthyRecording(series, start: run.healthy.start, types: try CatalogueTypes.read())
        let silent = ShippedFiles.alertNames.subtracting([.watchdog]).subtracting(Self.excused(series))
            .map(\.rawValue).sorted()

        let quiet = try await promtool(recording, silent: silent) { $1 }
        #expect(quiet.status == 0, "\((quiet.output + quiet.error).prefix(4_000))")

        let loud = try await promtool(recording, silent: [AlertName.poolExhausted.rawValue]) { labels, value in
            guard labels["pooler"] == "pgbouncer", labels["user"] == "web" else { return value }
            return switch labels["__name__"] {
            case "poolscope_pool_oldest_wait_seconds": 9
            case "poolscope_pool_waiting_clients": 3
            case "poolscope_pool_saturation_ratio": 1
            default: value
            }
        }
        #expect(loud.status != 0)
        #expect((loud.output + loud.error).contains("PgPoolExhausted"))
    }

    /// A machine that is too busy to take every sample in time is not healthy, and the alert says so.
    private static func excused(_ series: [PrivatePrometheus.Series]) -> Set<AlertName> {
        let hasSkipped = series.contains { one in
            one.labels["__name__"] == "poolscope_samples_total" && one.labels["outcome"] == "skipped"
                && one.points.first?.value != one.points.last?.value
        }
        return hasSkipped ? [.samplerOverrun] : []
    }

    private func promtool(
        _ recording: HealthyRecording, silent: [String], changing change: ([String: String], Double) -> Double
    ) async throws -> (status: Int32, output: String, error: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "poolscope-healthy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (path, document) in ShippedFiles.ownRules {
            let file = path.replacing("/", with: "-")
            try Data(document.text().utf8).write(to: folder.appending(path: file))
            files.append(file)
        }
        let test = recording.unitTest(rules: files, silent: silent, changing: change)
        try Data(test.utf8).write(to: folder.appending(path: "healthy.yml"))
        let outcome = try await runTool(
            "promtool", ["test", "rules", folder.appending(path: "healthy.yml").path()], timeout: .seconds(180))
        return (outcome.status, outcome.output, outcome.error)
    }
}
