/// `docs/metrics.md`, read back: which families there are, of which type, with which labels. Another test compares it
/// with what the agent publishes.
struct SeriesCatalogue {
    struct Family {
        let name: String
        let type: String
        let labels: Set<String>
        /// Whether its buckets count what is there at the moment, so that they go up and down.
        let isOfNow: Bool

        /// Whether the series only grows, but for restarts.
        var grows: Bool { !isOfNow && (type == "counter" || type == "histogram") }
    }

    static let shared: SeriesCatalogue = {
        do {
            return try SeriesCatalogue(Repository.text("docs/metrics.md"))
        } catch {
            preconditionFailure("docs/metrics.md cannot be read: \(error)")
        }
    }()

    /// What Prometheus itself adds to a scrape, or makes of rules.
    private static let foreign = ["up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS"]

    /// Families of the page, not of a target. That they carry no target is said in the catalogue's words.
    private static let ofThePage = ["db_client_", "poolscope_client_pool_", "poolscope_build_info", "process_"]

    /// By the names of the series: a histogram's are three.
    private let families: [String: Family]

    private init(_ text: String) {
        let rows = text.matches(of: #/(?m)^\| `([a-z_*]+)` \| (\w+) \| ([^|]*) \| (.*) \|$/#)
        families = Dictionary(
            rows.flatMap { row in
                let family = Family(
                    name: String(row.1), type: String(row.2),
                    labels: Set(row.3.matches(of: /`([a-z_]+)`/).map { String($0.1) }),
                    isOfNow: row.4.contains("a distribution of now, not a total"))
                let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                return suffixes.map { (family.name + $0, family) }
            }, uniquingKeysWith: { $1 })
    }

    var count: Int { families.count }

    /// The family of a series, ours or Prometheus's own; nil for one that nobody publishes.
    func family(of series: String) -> Family? {
        if let family = families[series] { return family }
        if series.hasPrefix("pg_settings_") { return families["pg_settings_*"] }
        guard Self.foreign.contains(series) else { return nil }
        let labels: Set = ["alertname", "alertstate", "severity", "pooler", "database", "datname", "user"]
        return Family(name: series, type: "gauge", labels: series == "ALERTS" ? labels : [], isOfNow: false)
    }

    /// Whether the series carries a target.
    func hasTarget(_ series: String) -> Bool {
        series == "ALERTS"
            || !Self.foreign.contains(series) && !Self.ofThePage.contains { series.hasPrefix($0) }
    }

    /// The labels of a series, those included that the scrape adds.
    func labels(of series: String) -> Set<String> {
        guard let family = family(of: series) else { return [] }
        return family.labels
            .union(["job", "instance"])
            .union(hasTarget(series) ? ["target"] : [])
            .union(series.hasSuffix("_bucket") ? ["le"] : [])
    }

    /// Whether this is the name of a series of ours.
    func isSeries(_ word: String) -> Bool { families[word] != nil || word.hasPrefix("pg_settings_") }
}
