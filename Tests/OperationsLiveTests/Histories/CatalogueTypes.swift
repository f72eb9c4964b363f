/// The types of all families, as `docs/metrics.md` has them.
enum CatalogueTypes {
    static func read() throws -> [String: String] {
        let rows = try ShippedFiles.text("docs/metrics.md").matches(of: #/(?m)^\| `(\w+)` \| (\w+) \|/#)
        return Dictionary(rows.map { (String($0.1), String($0.2)) }) { first, _ in first }
    }
}
