import Testing

/// Dashboards and alerts ask for what Poolscope publishes.
@Suite("names in the catalogue")
struct CatalogueTests {
    private static let catalogue = SeriesCatalogue.shared

    @Test("the catalogue is read")
    func read() {
        #expect(Self.catalogue.count > 150)
        #expect(
            Self.catalogue.family(of: "poolscope_pool_wait_seconds_bucket")?.labels == ["database", "pooler", "user"])
        #expect(Self.catalogue.family(of: "poolscope_pool_wait_seconds") == nil)
        #expect(Self.catalogue.family(of: "poolscope_pool_wait_second_bucket") == nil)
    }

    @Test("every metric in an alert is in the catalogue", arguments: Alert.all)
    func alerts(_ alert: Alert) {
        #expect(!alert.metrics.isEmpty || alert.alwaysFires || alert.expr.contains("up{"))
        for metric in alert.metrics {
            #expect(Self.catalogue.family(of: metric) != nil, "\(metric)")
        }
    }

    @Test(
        "every metric in a dashboard is in the catalogue, with the labels that it is chosen by",
        arguments: Dashboard.all)
    func dashboards(_ dashboard: Dashboard) {
        for (name, expression) in dashboard.queries {
            let query = QueryText(expression)
            for selector in query.selectors where !selector.name.isEmpty {
                #expect(Self.catalogue.family(of: selector.name) != nil, "\(name): \(selector.name)")
                let known = Self.catalogue.labels(of: selector.name)
                #expect(selector.labels.isSubset(of: known), "\(name): \(selector.name)")
            }
        }
    }

    @Test("every label that a dashboard groups or joins by is one of its metrics'", arguments: Dashboard.all)
    func clauses(_ dashboard: Dashboard) {
        for (name, expression) in dashboard.queries {
            let query = QueryText(expression)
            let known = query.selectors.reduce(into: Set<String>()) { $0.formUnion(Self.catalogue.labels(of: $1.name)) }
            for clause in query.clauses {
                #expect(Set(clause.labels).isSubset(of: known), "\(name): \(clause.word) \(clause.labels)")
            }
        }
    }

    @Test("a variable takes its values from a label that its metric has", arguments: Dashboard.all)
    func variables(_ dashboard: Dashboard) throws {
        for variable in dashboard.variables where variable["type"].string == "query" {
            let query = variable["query"].string ?? ""
            let match = try #require(query.wholeMatch(of: /label_values\((.*), ([a-z_]+)\)/), "\(query)")
            let selector = try #require(QueryText(String(match.1)).selectors.first, "\(query)")
            let series =
                selector.name.isEmpty
                ? selector.matchers.firstMatch(of: /__name__=~"([^"]*)"/)?.1.split(separator: "|").map(String.init)
                    ?? []
                : [selector.name]
            #expect(!series.isEmpty, "\(query)")
            #expect(series.allSatisfy { Self.catalogue.labels(of: $0).contains(String(match.2)) }, "\(query)")
        }
    }
}
