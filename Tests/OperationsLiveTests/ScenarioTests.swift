import Operations
import TestSupport
import Testing

/// Everything that is shipped, in one run in which everything goes wrong.
@Suite("Dashboards, alerts and runbooks in a real run", .scenario, .timeLimit(.minutes(10)))
struct ScenarioTests {
    let run: ScenarioRun

    init() throws {
        run = try #require(ScenarioRun.current)
    }

    /// Windows of an hour and more are asked of a history of days, not of a scenario of minutes.
    static let longWindow = 3_600.0

    static func isLong(_ query: PanelQuery) -> Bool {
        MetricNames.longestWindow(of: query.expression, through: Array(ShippedFiles.ownRules.values)) >= longWindow
    }

    private func checker(_ prometheus: PrivatePrometheus, scrape: Double) -> DashboardChecker {
        DashboardChecker(prometheus: prometheus, span: run.whole, step: ScenarioRun.step, scrape: scrape)
    }

    @Test("the scenario took place: every trouble was seen, every alert came to its end")
    func tookPlace() {
        #expect(run.shortcomings.isEmpty, "\(run.shortcomings.joined(separator: "\n"))")
    }

    @Test(
        "every panel, variable and annotation of a dashboard runs and returns what it should",
        arguments: ShippedFiles.dashboards)
    func dashboards(_ dashboard: ShippedDashboard) async throws {
        #expect(!dashboard.queries.isEmpty)
        let complaints = await checker(run.prometheus, scrape: ScenarioRun.scrapeInterval)
            .complaints(about: dashboard, except: Self.isLong)
        let unexplained = complaints.filter { complaint in !AllowedEmpty.all.contains { $0.covers(complaint) } }
        #expect(unexplained.isEmpty, "\(unexplained.map(\.description).joined(separator: "\n"))")
        // What has data after all needs no excuse.
        for allowed in AllowedEmpty.all where dashboard.queries.contains(where: allowed.covers) {
            #expect(complaints.contains(where: allowed.covers), "\(allowed) is not empty: take it off the list")
        }
    }

    @Test("every excuse for an empty panel is for a panel that there is, and has a reason")
    func excuses() {
        for allowed in AllowedEmpty.all {
            let isThere = ShippedFiles.dashboards.flatMap(\.queries).contains(where: allowed.covers)
            #expect(isThere, "\(allowed)")
            #expect(allowed.reason.count > 20)
        }
    }

    @Test("a metric that has another name is noticed, in every panel that needs it and in no other")
    func mutation() async throws {
        let metric = ScenarioRun.renamedMetric
        let documents = Array(ShippedFiles.ownRules.values)
        func needs(_ query: PanelQuery) -> Bool {
            MetricNames.words(in: [query.expression], through: documents).contains(metric)
        }
        var asked = 0
        for dashboard in ShippedFiles.dashboards where dashboard.queries.contains(where: needs) {
            let complaints = await checker(run.mutatedPrometheus, scrape: ScenarioRun.mutatedScrapeInterval)
                .complaints(about: dashboard, except: { Self.isLong($0) || !needs($0) })
            let silent = dashboard.queries.filter { query in
                // What says `or` has something else to show.
                needs(query) && !Self.isLong(query) && !query.expression.contains(#/\bor\b|\bunless\b/#)
                    && !complaints.contains { $0.subject == query.panel && $0.refID == query.refID }
            }
            #expect(silent.isEmpty, "\(silent)")
            asked += complaints.count
        }
        #expect(asked > 0)
    }

    @Test("every rule is evaluated without an error")
    func rulesAreWell() async throws {
        let rules = try await run.prometheus.rules()
        #expect(rules.count == ShippedFiles.ownRules.values.flatMap(\.groups).flatMap(\.rules).count)
        for rule in rules { #expect(rule.health == "ok", "\(rule)") }
    }

    @Test("every panel and rule of long windows returns something over four days")
    func longWindows() async throws {
        let documents = Array(ShippedFiles.ownRules.values)
        let long = ShippedFiles.dashboards.flatMap(\.queries).filter(Self.isLong)
        let rules = documents.flatMap(\.groups).flatMap(\.rules)
        let records = rules.filter { rule in
            rule.record != nil && MetricNames.longestWindow(of: rule.expr, through: documents) >= Self.longWindow
        }
        let words = MetricNames.words(in: long.map(\.expression) + rules.map(\.expr), through: documents)
        let scraped = try await run.prometheus.labelValues("__name__", of: nil, over: run.whole)
        let names = scraped.filter { words.contains($0) && !$0.contains(":") } + ["poolscope_target_info"]
        let selector = "{job=\"poolscope\", __name__=~\"\(names.joined(separator: "|"))\"}"
        let series = try await run.prometheus.samples(
            of: selector, over: .init(start: run.worst - 10, end: run.worst))
        #expect(!series.isEmpty)
        try await withPrivateDirectory { directory in
            let history = LongHistory(
                LongHistory.few(series, perName: 4), end: PrivatePrometheus.Span.now - 5,
                types: try CatalogueTypes.read())
            // As shipped, but evaluated at once.
            var files: [String: String] = [:]
            for (path, document) in ShippedFiles.ownRules {
                var document = document
                for group in document.groups.indices { document.groups[group].interval = "1s" }
                files["rules-" + path.replacing("/", with: "-")] = try document.text()
            }
            let prometheus = try await PrivatePrometheus.start(
                in: directory, configuration: "global: {evaluation_interval: 1s}\nrule_files: [\"rules-*.yml\"]\n",
                files: files, history: history.openMetrics())
            try await eventually("every rule has been evaluated", within: .seconds(60)) {
                try await prometheus.rules()
            } is: {
                $0.allSatisfy { $0.health == "ok" }
            }
            for record in records {
                try await eventually("\(record.record ?? "") has data", within: .seconds(60)) {
                    try await !prometheus.query(record.record ?? "").isEmpty
                }
            }
            let span = PrivatePrometheus.Span(start: history.span.end - 3_600, end: PrivatePrometheus.Span.now)
            let checker = DashboardChecker(prometheus: prometheus, span: span, step: 15, scrape: 60)
            for dashboard in ShippedFiles.dashboards where dashboard.queries.contains(where: Self.isLong) {
                let complaints = await checker.complaints(about: dashboard, except: { !Self.isLong($0) })
                    .filter { !$0.subject.hasPrefix("variable ") }
                let unexplained = complaints.filter { complaint in !AllowedEmpty.all.contains { $0.covers(complaint) } }
                #expect(unexplained.isEmpty, "\(unexplained.map(\.description).joined(separator: "\n"))")
            }
        }
    }
}

extension ShippedDashboard: CustomTestStringConvertible {
    var testDescription: String { path }
}
