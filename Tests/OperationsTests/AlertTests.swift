import Operations
import Testing

/// The alert rules: valid, tested, explained and shown.
@Suite("alerts", .timeLimit(.minutes(10)))
struct AlertTests {
    @Test(
        "promtool has no complaint about the rules",
        arguments: try Repository.files(in: "alerts", withExtension: "yml").filter { $0 != "alerts/alertmanager.yml" })
    func valid(_ file: String) async throws {
        let outcome = try await Command.run("promtool", ["check", "rules", "--lint=all", "--lint-fatal", file])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test(
        "the rules fire and stay silent as their unit tests say",
        arguments: try Repository.files(in: "alerts/tests", withExtension: "yml"))
    func unitTests(_ file: String) async throws {
        let outcome = try await Command.run("promtool", ["test", "rules", file])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("no two rules have the same name and severity")
    func identities() {
        #expect(Set(Alert.all.map(\.identity)).count == Alert.all.count)
    }

    @Test("every name of an alert has a rule, or two")
    func names() {
        #expect(Set(Alert.all.map(\.alert)) == Set(AlertName.allCases.map(\.rawValue)))
    }

    @Test("every alert has a unit test in which it fires and one in which it is silent", arguments: Alert.all)
    func tested(_ alert: Alert) throws {
        let text = try Repository.text("alerts/tests/\(alert.alert).yml")
        #expect(text.contains("severity: \(alert.severity)"))
        #expect(text.contains("alertname: \(alert.alert)\n"))
        guard !alert.alwaysFires else { return }
        #expect(text.contains(try Regex("alertname: \(alert.alert), eval_time: [0-9dhms]+, exp_alerts: \\[\\]")))
        #expect(text.contains("exp_annotations:"))
    }

    @Test("every alert has a name, a severity, a delay and the texts that a person on call needs", arguments: Alert.all)
    func shape(_ alert: Alert) {
        #expect(alert.alert.wholeMatch(of: /Pg[A-Z][A-Za-z]+/) != nil)
        #expect((alert.alwaysFires ? ["none"] : ["critical", "warning", "info"]).contains(alert.severity))
        #expect(alert.for != nil)
        #expect(
            !alert.labels.values.contains { $0.contains("$value") }, "a label with a value is a new alert each time")
        let texts: Set<String> = ["summary", "description", "runbook_url", "dashboard_url"]
        #expect(texts.isSubset(of: Set(alert.annotations.keys)))
        #expect(!alert.expr.contains(/\b(?:topk|bottomk)\b/))
    }

    @Test("every alert has a runbook with all its parts", arguments: Alert.all)
    func runbook(_ alert: Alert) throws {
        let path = "docs/runbooks/\(alert.alert).md"
        #expect(alert.annotations["runbook_url"]?.hasSuffix("/blob/main/" + path) == true)
        let text = try Repository.text(path)
        #expect(text.hasPrefix("# \(alert.alert)\n"))
        let titles = text.matches(of: /\n## ([^\n]+)/).map { String($0.1) }
        #expect(titles == ["Meaning", "Impact", "Diagnosis", "Mitigation", "False positives", "Knobs"])
        #expect(text.contains("```sql\n") || text.contains("```sh\n"))
    }

    @Test("every runbook belongs to an alert, and every unit test too")
    func nothingOrphaned() throws {
        let names = Set(Alert.all.map(\.alert))
        #expect(
            try Set(Repository.files(in: "docs/runbooks", withExtension: "md"))
                == Set(names.map { "docs/runbooks/\($0).md" }))
        #expect(
            try Set(Repository.files(in: "alerts/tests", withExtension: "yml"))
                == Set(names.map { "alerts/tests/\($0).yml" }))
    }

    @Test("every alert leads to a dashboard that is shipped, and sets variables that it has", arguments: Alert.all)
    func dashboard(_ alert: Alert) throws {
        let link = try #require(alert.annotations["dashboard_url"]?.wholeMatch(of: /\/d\/([a-z-]+)(?:\?(.*))?/))
        let dashboard = try #require(Dashboard.all.first { $0.uid == String(link.1) })
        let defined = Set(dashboard.variables.compactMap { $0["name"].string })
        let set = Set((link.2 ?? "").matches(of: /var-([a-z]+)=/).map { String($0.1) })
        #expect(!set.isEmpty || alert.alwaysFires)
        #expect(set.isSubset(of: defined))
    }

    @Test("every alert asks for something that is on a panel", arguments: Alert.all)
    func shown(_ alert: Alert) {
        let queries = Dashboard.all.flatMap(\.panels).flatMap(\.targets).compactMap { $0["expr"].string }
        let shown = queries.map(Alert.metrics).reduce(into: Set()) { $0.formUnion($1) }
        #expect(!alert.metrics.isDisjoint(with: shown) || alert.metrics.isEmpty)
    }
}
