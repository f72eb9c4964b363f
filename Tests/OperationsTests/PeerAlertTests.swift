import Testing

/// The alerts for those who keep the peers' exporters.
@Suite("alerts on the peers' names", .timeLimit(.minutes(2)))
struct PeerAlertTests {
    private static let alerts = Rules.read("alerts/peers.yml").alerts
    private static let folder = "alerts/tests/peers"

    @Test(
        "the rules fire and stay silent as their unit tests say",
        arguments: try Repository.files(in: folder, withExtension: "yml"))
    func unitTests(_ file: String) async throws {
        let outcome = try await Command.run("promtool", ["test", "rules", file])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("every alert is one of Poolscope's, in name, severity, delays and runbook", arguments: alerts)
    func same(_ alert: Alert) throws {
        let own = try #require(Alert.all.first { $0.identity == alert.identity })
        #expect(alert.for == own.for)
        #expect(alert.keepsFiringFor == own.keepsFiringFor)
        #expect(alert.annotations["runbook_url"] == own.annotations["runbook_url"])
        #expect(Set(alert.annotations.keys) == ["summary", "description", "runbook_url"])
        #expect(alert.thresholds.isSubset(of: own.thresholds.union([1])))
    }

    @Test("it asks for nothing that only Poolscope publishes", arguments: alerts)
    func foreign(_ alert: Alert) {
        #expect(!alert.metrics.isEmpty)
        #expect(alert.metrics.allSatisfy { !$0.hasPrefix("poolscope_") })
    }

    @Test("every alert has a unit test in which it fires and one in which it is silent", arguments: alerts)
    func tested(_ alert: Alert) throws {
        let text = try Repository.text("\(Self.folder)/\(alert.alert).yml")
        #expect(text.contains("severity: \(alert.severity)\n"))
        #expect(text.contains(try Regex("alertname: \(alert.alert), eval_time: [0-9dhms]+, exp_alerts: \\[\\]")))
        #expect(text.contains("exp_annotations:"))
    }

    @Test("every unit test belongs to an alert")
    func nothingOrphaned() throws {
        #expect(
            try Set(Repository.files(in: Self.folder, withExtension: "yml"))
                == Set(Self.alerts.map { "\(Self.folder)/\($0.alert).yml" }))
    }
}
