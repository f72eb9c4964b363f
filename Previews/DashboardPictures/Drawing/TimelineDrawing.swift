/// States over time: a line for each series, in the colours of its values.
struct TimelineDrawing {
    private let panel: PreviewPanel
    private let grid: TimeGrid
    private let rows: [(name: String, values: [Double?])]
    private let hidden: Int
    private let size: PanelSize

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid, size: PanelSize) {
        self.panel = panel
        self.grid = grid
        self.size = size
        let all = answers.flatMap { answer in
            answer.series.map { (answer.query.name(of: $0.labels), grid.values(of: $0.points)) }
        }.filter { $0.1.contains { $0 != nil } }
        let most = max(1, Int((size.height - 46) / 15))
        rows = Array(all.prefix(most))
        hidden = all.count - rows.count
    }

    var markup: Markup {
        guard !rows.isEmpty else { return .block("nothing", [.text(panel.noValue)]) }
        let plot = PanelSize(width: size.width, height: size.height - 24)
        let names = rows.map { Self.short($0.name, to: Int(size.width * 0.4 / 6.3)) }
        let frame = PlotFrame(size: plot, grid: grid, labels: names)
        let height = min(frame.height / Double(rows.count), 40)
        let drawn = rows.indices.flatMap { place -> [Markup] in
            let y = frame.top + Double(place) * height
            let name = Markup.label(
                names[place], x: frame.left - 6, y: y + height / 2 + 4, anchor: "end", colour: Palette.text)
            return [name] + segments(of: rows[place].values, y: y, height: height, frame)
        }
        return .svg(plot, frame.timeAxis + drawn) + legend
    }

    private static func short(_ name: String, to count: Int) -> String {
        name.count <= count ? name : name.prefix(max(1, count - 1)) + "…"
    }

    private func segments(of values: [Double?], y: Double, height: Double, _ frame: PlotFrame) -> [Markup] {
        var segments: [Markup] = []
        var start = values.startIndex
        for place in values.indices where place + 1 == values.endIndex || values[place + 1] != values[start] {
            if let value = values[start] {
                let (from, to) = (frame.x(grid.time(at: start)), frame.x(grid.time(at: place + 1)))
                segments.append(
                    .rectangle(
                        x: from, y: y + height * 0.06, width: min(to, frame.right) - from, height: height * 0.88,
                        colour: panel.style.colour(of: value), opacity: 0.8))
            }
            start = place + 1
        }
        return segments
    }

    private var legend: Markup {
        let states = Set(rows.flatMap(\.values).compactMap(\.self)).sorted().prefix(6).map { value in
            Markup.block(
                "state",
                [
                    .block("dot", style: "background:\(panel.style.colour(of: value))", []),
                    .text(panel.style.text(of: value)),
                ])
        }
        let rest = hidden > 0 ? [Markup.block("state faint", [.text("and \(hidden) more lines")])] : []
        return .block("states", states + rest)
    }
}
