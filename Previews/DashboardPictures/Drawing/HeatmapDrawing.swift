import Foundation

/// A histogram over time: a row for each bucket, brighter where more was counted.
struct HeatmapDrawing {
    private let panel: PreviewPanel
    private let grid: TimeGrid
    private let size: PanelSize
    /// From the lowest bucket up, without those below the first and above the last that counted anything.
    private let rows: [(bound: Double, counts: [Double])]

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid, size: PanelSize) {
        self.panel = panel
        self.grid = grid
        self.size = size
        rows = Self.trimmed(Self.buckets(answers, grid))
    }

    /// What each bucket counted by itself: Prometheus' include those below.
    static func buckets(_ answers: [PanelAnswer], _ grid: TimeGrid) -> [(bound: Double, counts: [Double])] {
        let cumulative = answers.flatMap(\.series).compactMap { series -> (bound: Double, counts: [Double])? in
            guard let text = series.labels["le"] else { return nil }
            let bound = text == "+Inf" ? Double.infinity : Double(text)
            return bound.map { ($0, grid.values(of: series.points).map { $0 ?? 0 }) }
        }.sorted { $0.bound < $1.bound }
        return cumulative.indices.map { place in
            guard place > 0 else { return cumulative[place] }
            let own = zip(cumulative[place].counts, cumulative[place - 1].counts).map { max(0, $0 - $1) }
            return (cumulative[place].bound, own)
        }
    }

    private static func trimmed(
        _ rows: [(bound: Double, counts: [Double])]
    ) -> [(bound: Double, counts: [Double])] {
        let used = rows.indices.filter { rows[$0].counts.contains { $0 > least } }
        guard let first = used.first, let last = used.last else { return [] }
        return Array(rows[max(0, first - 1)...min(rows.count - 1, last + 1)])
    }

    /// Grafana shows no cell for less.
    private static let least = 1e-9

    var markup: Markup {
        guard !rows.isEmpty else { return .block("nothing", [.text("No data")]) }
        let plot = PanelSize(width: size.width, height: size.height - 22)
        let labels = rows.map { $0.bound.isInfinite ? "+Inf" : panel.rowUnit.tick($0.bound) }
        let frame = PlotFrame(size: plot, grid: grid, labels: labels)
        let most = rows.flatMap(\.counts).max() ?? 1
        let height = frame.height / Double(rows.count)
        let width = frame.width / Double(max(1, grid.count - 1))
        let every = max(1, Int((14 / height).rounded(.up)))
        let drawn = rows.enumerated().flatMap { place, row -> [Markup] in
            let y = frame.bottom - Double(place + 1) * height
            let name =
                place % every == 0
                ? [Markup.label(labels[place], x: frame.left - 6, y: y + height / 2 + 4, anchor: "end")] : []
            return name
                + row.counts.enumerated().dropLast().compactMap { column, count in
                    guard count > Self.least else { return nil }
                    return .rectangle(
                        x: frame.left + Double(column) * width, y: y + 0.5, width: width - 1, height: height - 1,
                        colour: Palette.heat(pow(count / most, 0.5)))
                }
        }
        return .svg(plot, frame.timeAxis + drawn) + legend(most: most)
    }

    private func legend(most: Double) -> Markup {
        let steps = (0..<24).map { step in
            Markup.block("heat", style: "background:\(Palette.heat(pow(Double(step) / 23, 0.5)))", [])
        }
        let label = Markup.block("faint", [.text("0")])
        return .block("states", [label] + steps + [.block("faint", [.text(ValueUnit.count.text(most))])])
    }
}
