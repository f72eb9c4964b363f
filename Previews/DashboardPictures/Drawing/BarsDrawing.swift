/// A bar for each series, from left to right.
struct BarsDrawing {
    private let panel: PreviewPanel
    private let values: [(name: String, value: Double)]
    private let size: PanelSize

    private static let least = 22.0

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], size: PanelSize) {
        self.panel = panel
        self.size = size
        values = PanelAnswer.lastValues(of: answers)
    }

    var markup: Markup {
        guard !values.isEmpty else { return .block("nothing", [.text(panel.noValue)]) }
        let shown = values.prefix(Int(size.height / Self.least))
        let style = panel.style
        let low = style.minimum ?? 0
        let high = style.maximum ?? max(shown.map(\.value).max() ?? 1, low + 1)
        let height = min(46, size.height / Double(shown.count))
        return .block(
            "bars",
            shown.map { name, value in
                let share = min(max((value - low) / (high - low), 0), 1)
                let colour = style.colour(of: value)
                let bar = Markup.block("fill", style: "width:\(Markup.pixels(share * 100))%;background:\(colour)", [])
                return .block(
                    "bar", style: "height:\(Markup.pixels(height - 5))px",
                    [
                        .block("name", [.text(name)]), .block("track", [bar]),
                        .block("number", style: "color:\(colour)", [.text(style.text(of: value))]),
                    ])
            })
    }
}
