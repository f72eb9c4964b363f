import Foundation
import Testing

/// `docs/alerts.md` and the runbooks, against the rules.
@Suite("documents on alerts", .timeLimit(.minutes(2)))
struct AlertDocumentTests {
    @Test("docs/alerts.md has every alert, with its severity and its delay, and no other")
    func table() throws {
        let rows = try Repository.text("docs/alerts.md").matches(
            of: /\n\| \[(\w+)\]\(runbooks\/(\w+)\.md\) \| (\w+) \| (\w+) \| [^|]+ \|/)
        #expect(rows.allSatisfy { $0.1 == $0.2 })
        let told = rows.map { "\($0.1) \($0.3) \($0.4)" }
        #expect(told == Alert.all.map { "\($0.identity) \($0.for ?? "")" })
    }

    @Test("a runbook names the severities of its alert", arguments: Alert.all)
    func runbook(_ alert: Alert) throws {
        let text = try Repository.text("docs/runbooks/\(alert.alert).md").lowercased()
        #expect(text.contains(alert.severity))
    }

    @Test("what a runbook asks Prometheus is valid PromQL, on series that exist")
    func queries() async throws {
        let paths = try Repository.files(in: "docs/runbooks", withExtension: "md")
        let queries = try paths.flatMap { path in
            try Repository.text(path).matches(of: /```promql\n([^`]+)```/).map { (path, String($0.1)) }
        }
        #expect(queries.count > 5)
        let records = Set(Rules.poolscope.records.map(\.record))
        var file = "groups:\n  - name: queries\n    rules:\n"
        for (number, (path, query)) in queries.enumerated() {
            for selector in Expression(query).selectors {
                #expect(
                    records.contains(selector.name) || MetricCatalogue.published[selector.name] != nil
                        || Self.ofPrometheus.contains(selector.name), "\(path): \(selector.name)")
            }
            let line = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            file += "      - record: query:\(number)\n        expr: |\n          \(line)\n"
        }
        let text = file
        try await withTemporaryDirectory { directory in
            let url = directory.appending(path: "queries.yml")
            try Data(text.utf8).write(to: url)
            let outcome = try await Command.run("promtool", ["check", "rules", "--lint=none", url.path()])
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains("\(queries.count) rules found"))
        }
    }

    /// What Prometheus says of itself and of its scrapes.
    private static let ofPrometheus: Set<String> = [
        "scrape_duration_seconds", "prometheus_notifications_alertmanagers_discovered",
        "prometheus_notifications_errors_total",
    ]
}
