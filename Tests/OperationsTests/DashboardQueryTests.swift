import Foundation
import Operations
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

    private static let catalogue = SeriesCatalogue.shared

    /// Panels whose window is not Grafana's, and why.
    private static let fixedWindows = [
        "Wait budget burnt, 1 h and 6 h": (["1h", "6h"], "burn rates are those of the alert's windows"),
        "Latency budget burnt, 1 h and 6 h": (["1h", "6h"], "burn rates are those of the alert's windows"),
        "Deadlocks in 15 min": (["15m"], "a rate of so rare an event says nothing; the window is the alert's"),
    ]

    @Test("every query is valid PromQL once its variables are filled in", arguments: Dashboard.all)
    func valid(_ dashboard: Dashboard) async throws {
        let rules = dashboard.queries.enumerated().map { index, query in
            let expression = query.expression
                .replacing("$__rate_interval", with: "1m").replacing("$__range", with: "1h")
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

    /// Panels about the whole clusters of the chosen targets: a pooler is compared with its server, whichever is chosen.
    private static let ofWholeClusters: Set = ["Slots left if every pool fills"]

    @Test("every query keeps to the chosen job and target", arguments: Dashboard.all)
    func selectors(_ dashboard: Dashboard) {
        let ofVariables = Set(dashboard.variables.compactMap { $0["name"].string })
        for (name, expression) in dashboard.queries {
            let query = QueryText(expression)
            #expect(!query.selectors.isEmpty, "\(name)")
            for selector in query.selectors where !ofVariables.contains(name) {
                #expect(selector.matchers.contains(/job=~"\$job\|?"/), "\(name): \(selector.name)")
                let target = selector.matchers.contains(/target=~"\$target\|?"/)
                if Self.ofWholeClusters.contains(name) { continue }
                #expect(target == Self.catalogue.hasTarget(selector.name), "\(name): \(selector.name)")
            }
            guard Self.ofWholeClusters.contains(name) else { continue }
            #expect(expression.contains(/and on \(cluster\) poolscope_target_info\{[^}]*target=~"\$target"/), "\(name)")
        }
    }

    @Test("no series is asked for without a selector", arguments: Dashboard.all)
    func nothingUnselected(_ dashboard: Dashboard) {
        for (name, expression) in dashboard.queries {
            let query = QueryText(expression)
            let selected = query.selectors.map(\.name).filter(Self.catalogue.isSeries)
            #expect(selected.sorted() == query.words.filter(Self.catalogue.isSeries).sorted(), "\(name)")
        }
    }

    @Test("counters are a rate or an increase over Grafana's own interval, and gauges never", arguments: Dashboard.all)
    func rates(_ dashboard: Dashboard) throws {
        for panel in dashboard.panels {
            for query in panel.queries {
                for selector in QueryText(query.expression).selectors {
                    let family = try #require(Self.catalogue.family(of: selector.name), "\(panel.title)")
                    let rate = selector.function == "rate" || selector.function == "increase"
                    #expect(rate == family.grows, "\(panel.title): \(selector.name)")
                    #expect(!rate || selector.window != nil, "\(panel.title): \(selector.name)")
                    if let window = selector.window { expectWindow(window, of: panel, instant: query.instant) }
                }
                for window in QueryText(query.expression).subqueries {
                    expectWindow(window, of: panel, instant: query.instant)
                }
            }
        }
    }

    /// The whole range makes sense only for one number about all of it.
    private func expectWindow(_ window: String, of panel: Panel, instant: Bool) {
        let allowed =
            window == "$__rate_interval" || window == "$__range" && instant
            || Self.fixedWindows[panel.title]?.0.contains(window) == true
        #expect(allowed, "\(panel.title): [\(window)]")
    }

    @Test("every fixed window that is allowed is still there")
    func fixedWindowsUsed() {
        let titles = Set(Dashboard.all.flatMap(\.panels).map(\.title))
        #expect(Set(Self.fixedWindows.keys).isSubset(of: titles))
    }

    @Test("annotations look at Grafana's own interval, too", arguments: Dashboard.all)
    func annotationWindows(_ dashboard: Dashboard) {
        for annotation in dashboard.json["annotations"]["list"].elements {
            let query = QueryText(annotation["expr"].string ?? "")
            #expect(query.selectors.allSatisfy { $0.window == nil || $0.window == "$__rate_interval" })
        }
    }

    @Test("the unit of a panel is that of its metrics", arguments: Dashboard.all)
    func units(_ dashboard: Dashboard) throws {
        for panel in dashboard.panels {
            for query in panel.queries {
                guard let unit = query.unit, let expected = Self.unit(of: query.expression) else { continue }
                #expect(unit == expected, "\(panel.title): \(query.expression)")
            }
        }
    }

    /// What a number is, where its expression is simple enough to say so.
    private static func unit(of expression: String) -> String? {
        if expression.contains(" bool ") || expression.hasPrefix("count") { return "short" }
        if expression.contains(/^histogram_quantile\(.*_seconds_bucket\{/) { return "s" }
        if let heatmap = expression.firstMatch(of: /^sum by \(le\) \((?:increase\()?[a-z_]+_(seconds|ratio)_bucket\{/) {
            return heatmap.1 == "seconds" ? "s" : "percentunit"
        }
        let aggregate = #/^(60 \* )?(?:topk\(10, )?(?:(?:sum|max|min)(?: by \([a-z_, ]+\))? ?\()?/#
        guard let head = expression.firstMatch(of: aggregate) else { return nil }
        let rest = expression[head.0.endIndex...]
        if let gauge = rest.wholeMatch(of: /([a-z_]+)\{[^}]*\}\)*/), gauge.1 != "scrape_samples_scraped" {
            return gauge.1.hasSuffix("_seconds")
                ? "s" : gauge.1.hasSuffix("_ratio") ? "percentunit" : gauge.1.hasSuffix("_bytes") ? "bytes" : "short"
        }
        guard let rate = rest.wholeMatch(of: /rate\(([a-z_]+)\{[^}]*\}\[[^\]]*\]\)\)?/) else { return nil }
        if rate.1.hasPrefix("process_cpu") { return "percentunit" }
        if rate.1.contains("_seconds_total") { return "short" }
        if rate.1.contains("_bytes_total") { return "Bps" }
        return head.1 == nil ? "ops" : "opm"
    }

    @Test("a legend names labels that the query leaves, and tells its lines apart", arguments: Dashboard.all)
    func legends(_ dashboard: Dashboard) {
        for panel in dashboard.panels where panel.type != "table" {
            #expect(Set(panel.queries.map(\.legend)).count == panel.queries.count, "\(panel.title)")
            for query in panel.queries {
                #expect(!query.legend.isEmpty && query.legend != "__auto", "\(panel.title)")
                let named = Set(query.legend.matches(of: /\{\{([a-z_]+)\}\}/).map { String($0.1) })
                #expect(named == QueryText(query.expression).labels(in: Self.catalogue), "\(panel.title)")
            }
        }
    }

    @Test("a table shows every label that tells its rows apart", arguments: Dashboard.all)
    func tables(_ dashboard: Dashboard) {
        for panel in dashboard.panels where panel.type == "table" {
            let options = panel.json["transformations"].elements.last?["options"] ?? .null
            guard case .object(let shown) = options["renameByName"] else {
                Issue.record("\(panel.title) has no columns")
                continue
            }
            let labels = panel.queries.reduce(into: Set<String>()) {
                $0.formUnion(QueryText($1.expression).labels(in: Self.catalogue))
            }
            let columns = Set(shown.keys.filter { !$0.hasPrefix("Value") })
            #expect(columns.isSubset(of: labels), "\(panel.title)")
            #expect(labels.subtracting(columns).isSubset(of: ["job", "instance"]), "\(panel.title)")
            let sorted = panel.json["options"]["sortBy"].elements.compactMap { $0["displayName"] }
            #expect(sorted.allSatisfy(shown.values.contains), "\(panel.title)")
        }
    }

    @Test("the greatest few are only asked for at one moment: over time they would be many", arguments: Dashboard.all)
    func greatest(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            for query in panel.queries where query.expression.contains(/\b(?:top|bottom)k\b/) {
                #expect(query.instant, "\(panel.title)")
                #expect(!query.expression.contains(/\b(?:top|bottom)k by\b/), "\(panel.title)")
            }
        }
    }

    @Test("a bucket that is named is one of its histogram's, however the page writes it", arguments: Dashboard.all)
    func namedBuckets(_ dashboard: Dashboard) throws {
        for (name, expression) in dashboard.queries {
            for bound in expression.matches(of: /le(=~?)"([^"]*)"/) {
                let written = bound.2.split(separator: "|").map(String.init)
                let values = Set(written.compactMap(Double.init))
                #expect(values.count == 1, "\(name): \(bound.0)")
                let whole = values.allSatisfy { $0 == $0.rounded() }
                #expect(written.count == (whole ? 2 : 1) && (bound.1 == "=~") == whole, "\(name): \(bound.0)")
            }
        }
    }
}
