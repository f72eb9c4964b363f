import Testing

/// Dashboards and alerts ask for what Poolscope publishes. `docs/metrics.md` is its catalogue: another test compares
/// the two.
@Suite("names in the catalogue")
struct CatalogueTests {
    private func unknown(in expression: String) -> Set<String> {
        Alert.metrics(in: expression).filter { MetricCatalogue.published[$0] == nil }
    }

    @Test("every metric in an alert is in the catalogue", arguments: Alert.all)
    func alerts(_ alert: Alert) {
        #expect(MetricCatalogue.published.names.count > 100)
        #expect(!alert.metrics.isEmpty || alert.alwaysFires || alert.expr.contains("up{"))
        #expect(unknown(in: alert.expr).isEmpty)
    }

    @Test("every metric in a dashboard is in the catalogue", arguments: Dashboard.all)
    func dashboards(_ dashboard: Dashboard) {
        for query in dashboard.queries {
            #expect(unknown(in: query.expression).isEmpty, "\(query.name)")
        }
    }
}
