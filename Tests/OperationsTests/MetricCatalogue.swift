import Foundation

/// What Poolscope publishes, as `docs/metrics.md` has it: another test compares the two.
struct MetricCatalogue {
    struct Family {
        let name: String
        let type: String
        let labels: Set<String>

        /// Whether it only grows, so that its value says nothing without a rate.
        var isCumulative: Bool { type == "counter" || type == "histogram" }

        /// The names of its series.
        var series: [String] { type == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name] }
    }

    /// By the names of their series; `pg_settings_*` stands for many.
    let families: [String: Family]

    static let published = MetricCatalogue()

    private init() {
        let text = (try? Repository.text("docs/metrics.md")) ?? ""
        let rows = text.matches(of: #/\| `([a-z_*]+)` \| (\w+) \| ([^|]*) \|/#).map { row in
            let labels = row.3.matches(of: /`([a-z_]+)`/).map { String($0.1) }
            return Family(name: String(row.1), type: String(row.2), labels: Set(labels))
        }
        families = Dictionary(rows.flatMap { row in row.series.map { ($0, row) } }) { first, _ in first }
    }

    /// What Prometheus says of a scrape.
    private static let up = Family(name: "up", type: "gauge", labels: ["job", "instance"])

    subscript(series: String) -> Family? {
        if series == "up" { return Self.up }
        return families[series] ?? (series.hasPrefix("pg_settings_") ? families["pg_settings_*"] : nil)
    }

    var names: Set<String> { Set(families.keys) }

    /// What Prometheus, the agent and histograms add.
    static let common: Set<String> = ["job", "instance", "target", "__name__"]

    /// Every label that any series may have.
    var labels: Set<String> { families.values.reduce(into: Self.common.union(["le"])) { $0.formUnion($1.labels) } }
}
