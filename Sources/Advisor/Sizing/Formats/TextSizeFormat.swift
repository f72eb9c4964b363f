extension SizeFormat {
    /// For people.
    static let text = SizeFormat("text") { report in
        var lines = [PoolSettings(report).summary]
        for section in TextSections.all {
            let steps = report.steps.filter { section.kinds.contains($0.kind) }
            guard !steps.isEmpty else { continue }
            lines += ["", section.title(report)] + steps.map { "  \($0.text)" }
        }
        lines += TextSections.pools(report)
        lines += ["", "Confidence: \(report.confidence.level.rawValue)"]
        lines += report.confidence.reasons.map { "  \($0)" }
        let others = SizeFormats.all.map(\.name).filter { $0 != "text" }.joined(separator: ", ")
        return (lines + ["", "Settings to paste: --format with one of \(others)"]).joined(separator: "\n")
    }
}

private enum TextSections {
    struct Section {
        let kinds: Set<SizeStep.Kind>
        let title: @Sendable (SizeReport) -> String
    }

    static let all = [
        Section(kinds: [.formula]) { _ in "What the server can do" },
        Section(kinds: [.load]) { report in "The load, " + source(report) },
        Section(kinds: [.need]) { _ in "What the load needs" },
        Section(kinds: [.limit]) { _ in "What the server has room for" },
        Section(kinds: [.note]) { _ in "To bear in mind" },
    ]

    private static func source(_ report: SizeReport) -> String {
        guard let load = report.measurement else { return "" }
        let watched = "\(SizeText.duration(load.window)), \(load.readings) looks"
        return switch load.origin {
        case .given: "as given"
        case .pgbouncer: "by PgBouncer's counters (\(watched))"
        case .postgres: "by the server's counters (\(watched))"
        }
    }

    /// The most pools that are listed.
    private static let limit = 20

    /// A table of the pools, where there are several that differ.
    static func pools(_ report: SizeReport) -> [String] {
        guard report.pools.count > 1, report.measurement != nil, Set(report.pools.map(\.key)).count > 1 else {
            return []
        }
        let rows = report.pools.prefix(limit).map { pool in
            let load = pool.line.map { SizeText.number($0.load) } ?? ""
            return [SizeText.name(pool.key.description), load, "\(pool.connections)"]
        }
        let header = ["Pool", "in use", "size"]
        let widths = (0..<3).map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let table = ([header] + rows).map { row in
            let last = zip(row, widths).dropFirst().map { text, width in
                String(repeating: " ", count: width - text.count) + text
            }
            return ([row[0] + String(repeating: " ", count: widths[0] - row[0].count)] + last).joined(separator: "  ")
        }
        let more = report.pools.count - rows.count
        return [""] + table + (more > 0 ? ["and \(more) more"] : [])
    }
}
