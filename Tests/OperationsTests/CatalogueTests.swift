import Testing

/// Dashboards and alerts ask for what Poolscope publishes. `docs/metrics.md` is its catalogue: another test compares
/// the two.
@Suite("names in the catalogue")
struct CatalogueTests {
    private static let catalogue: Set<String> = {
        let names = (try? Repository.text("docs/metrics.md").matches(of: #/\| `([a-z_*]+)` \| (\w+) /#)) ?? []
        return Set(
            names.flatMap { match in
                let name = String(match.1)
                return match.2 == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
            })
    }()

    private func unknown(in expression: String) -> Set<String> {
        Alert.metrics(in: expression).subtracting(Self.catalogue).filter { !$0.hasPrefix("pg_settings_") }
    }

    @Test("every metric in an alert is in the catalogue", arguments: Alert.all)
    func alerts(_ alert: Alert) {
        #expect(Self.catalogue.count > 100)
        #expect(!alert.metrics.isEmpty)
        #expect(unknown(in: alert.expr).isEmpty)
    }

    @Test("every metric in a dashboard is in the catalogue", arguments: Dashboard.all)
    func dashboards(_ dashboard: Dashboard) {
        for query in dashboard.queries {
            #expect(unknown(in: query.expression).isEmpty, "\(query.name)")
        }
    }
}
