/// One number upon the colour of its threshold, with its course below.
struct StatDrawing {
    private let panel: PreviewPanel
    private let values: [(name: String, values: [Double?])]
    private let size: PanelSize

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid, size: PanelSize) {
        self.panel = panel
        self.size = size
        values = answers.flatMap { answer in
            answer.series.map { (answer.query.name(of: $0.labels), grid.values(of: $0.points)) }
        }.filter { $0.1.contains { $0 != nil } }
    }

    var markup: Markup {
        guard !values.isEmpty else { return .block("stat empty", [.block("value", [.text(panel.noValue)])]) }
        let share = PanelSize(width: size.width / Double(values.count), height: size.height)
        return .block("stats", values.map { stat($0.name, $0.values.compactMap(\.self), in: share) })
    }

    private func stat(_ name: String, _ values: [Double], in size: PanelSize) -> Markup {
        let style = panel.style(of: name)
        let last = values.last ?? 0
        let title = self.values.count > 1 ? [Markup.block("caption", [.text(name)])] : []
        return .block(
            "stat", style: "background:\(style.colour(of: last))",
            [course(of: values, in: size), .block("value", [.text(style.text(of: last))])] + title)
    }

    private func course(of values: [Double], in size: PanelSize) -> Markup {
        let height = size.height * 0.45
        guard values.count > 1, let least = values.min(), let most = values.max(), most > least else { return .nothing }
        let from = min(least, panel.style.minimum ?? least)
        let points = values.enumerated().map { place, value in
            let x = Double(place) / Double(values.count - 1) * size.width
            let y = height - (value - from) / (most - from) * (height - 4)
            return "\(Markup.pixels(x)) \(Markup.pixels(y))"
        }
        let line = "M" + points.joined(separator: "L")
        return .svg(
            PanelSize(width: size.width, height: height),
            [
                .element(
                    "path",
                    [
                        "d": line
                            + "L\(Markup.pixels(size.width)) \(Markup.pixels(height))L0 \(Markup.pixels(height))Z",
                        "fill": "#ffffff", "fill-opacity": "0.16",
                    ]),
                .element("path", ["d": line, "fill": "none", "stroke": "#ffffff", "stroke-opacity": "0.45"]),
            ])
    }
}
