import Foundation
import Testing
import Yams

/// The queries of the dashboards: valid PromQL that asks what its panel claims.
@Suite("dashboard queries", .timeLimit(.minutes(10)))
struct DashboardQueryTests {
    /// A recording rule, as promtool reads it.
    private struct RuleFile: Encodable {
        struct Group: Encodable {
            let name: String
            let rules: [Rule]
        }
        struct Rule: Encodable {
            let record: String
            let expr: String
        }
        let groups: [Group]
    }

    @Test("every query is valid PromQL once its variables are filled in", arguments: Dashboard.all)
    func valid(_ dashboard: Dashboard) async throws {
        let rules = dashboard.queries.enumerated().map { index, query in
            let expression = query.expression
                .replacing("$__rate_interval", with: "1m")
                .replacing(/\$[a-z]+/, with: ".*")
            return RuleFile.Rule(record: "query:\(index)", expr: expression)
        }
        #expect(rules.count >= dashboard.panels.count)
        try await withTemporaryDirectory { directory in
            let file = directory.appending(path: "queries.yml")
            let text = try YAMLEncoder().encode(RuleFile(groups: [.init(name: "queries", rules: rules)]))
            try Data(text.utf8).write(to: file)
            let outcome = try await Command.run("promtool", ["check", "rules", "--lint=none", file.path()])
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains("\(rules.count) rules found"))
        }
    }

    @Test("every query of a panel keeps to the chosen job and target", arguments: Dashboard.all)
    func selectors(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            for expression in panel.targets.compactMap({ $0["expr"].string }) {
                let selectors = expression.matches(of: /\b(?:poolscope|pgbouncer|pg)_[a-z_]+(\{[^}]*\})?/)
                #expect(!selectors.isEmpty, "\(panel.title)")
                for selector in selectors {
                    let matchers = selector.1 ?? ""
                    #expect(matchers.contains(#"job=~"$job""#), "\(panel.title): \(selector.0)")
                    #expect(matchers.contains(/target=~"\$(?:target|server)/), "\(panel.title): \(selector.0)")
                }
            }
        }
    }

    @Test(
        "counters are always a rate or an increase over Grafana's own interval, and gauges never",
        arguments: Dashboard.all)
    func rates(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            for expression in panel.targets.compactMap({ $0["expr"].string }) {
                let uses = expression.matches(of: /((?:rate|increase)\()?\b([a-z_]+)\{[^}]*\}(\[[^\]]*\])?/)
                for use in uses {
                    let counter = use.2.contains(/_(?:total|bucket|count|sum)$/)
                    #expect((use.1 != nil) == counter, "\(panel.title): \(use.2)")
                    #expect(use.3 == (counter ? "[$__rate_interval]" : nil), "\(panel.title): \(use.2)")
                }
            }
        }
    }

    @Test("the unit of a panel is that of its metrics", arguments: Dashboard.all)
    func units(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            for expression in panel.targets.compactMap({ $0["expr"].string }) where !expression.contains(" bool ") {
                if expression.contains("histogram_quantile(") || expression.contains(/_seconds\{[^}]*\}\)?$/) {
                    #expect(panel.unit == "s", "\(panel.title)")
                }
                if expression.contains(/_ratio(?:_bucket)?\{/) {
                    #expect(panel.unit == "percentunit", "\(panel.title)")
                }
                if expression.hasPrefix("sum") && expression.contains("_total{") {
                    #expect(panel.unit != "s", "\(panel.title)")
                }
            }
        }
    }

    @Test("a legend names labels that the query leaves", arguments: Dashboard.all)
    func legends(_ dashboard: Dashboard) {
        for panel in dashboard.panels where panel.type == "timeseries" {
            for target in panel.targets {
                let legend = target["legendFormat"].string ?? ""
                #expect(!legend.isEmpty && legend != "__auto", "\(panel.title)")
                let named = Set(legend.matches(of: /\{\{([a-z_]+)\}\}/).map { String($0.1) })
                let expression = target["expr"].string ?? ""
                guard let kept = expression.firstMatch(of: /^(?:60 \* )?(?:sum|max)(?: by \(([a-z_, ]+)\))?/) else {
                    continue
                }
                let labels = (kept.1 ?? "").split(separator: ", ").map(String.init)
                #expect(named == Set(labels), "\(panel.title)")
            }
        }
    }
}
