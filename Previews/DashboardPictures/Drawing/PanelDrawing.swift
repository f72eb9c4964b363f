/// A panel with what Prometheus said, as a box of the page.
package struct PanelDrawing: Sendable {
    package let panel: PreviewPanel
    let answers: [PanelAnswer]
    let grid: TimeGrid
    let events: [GraphEvent]

    package init(_ panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid, events: [GraphEvent] = []) {
        self.panel = panel
        self.answers = answers
        self.grid = grid
        self.events = events
    }

    /// Pixels of the page.
    static let pageWidth = 1_240.0
    private static let margin = 12.0
    private static let gap = 8.0
    private static let row = 27.0
    private static let title = 28.0

    /// How far down the page the panel reaches, from the head of the dashboard.
    var bottom: Double { Double(panel.place.y + panel.place.height) * (Self.row + Self.gap) }

    /// - Parameter top: Where the dashboard begins on the page.
    package func markup(top: Double) -> Markup {
        let column = (Self.pageWidth - 2 * Self.margin + Self.gap) / 24
        let place = panel.place
        let left = Self.margin + Double(place.x) * column
        let width = Double(place.width) * column - Self.gap
        let height = Double(place.height) * (Self.row + Self.gap) - Self.gap
        let y = top + Double(place.y) * (Self.row + Self.gap)
        let box =
            "left:\(Markup.pixels(left))px;top:\(Markup.pixels(y))px;width:\(Markup.pixels(width))px;"
            + "height:\(Markup.pixels(height))px"
        if panel.kind == .row { return .block("row", style: box, [.text("⌄  \(panel.title)")]) }
        let fills = panel.kind == .stat
        let size = PanelSize(width: width - (fills ? 2 : 18), height: height - Self.title - (fills ? 2 : 8))
        return .block(
            "panel", style: box,
            [
                .block("title", [.text(panel.title)]), .block(fills ? "full" : "content", [content(in: size)]),
            ])
    }

    private func content(in size: PanelSize) -> Markup {
        switch panel.kind {
        case .row: .nothing
        case .stat: StatDrawing(panel, answers, grid, size: size).markup
        case .gauge: GaugeDrawing(panel, answers, size: size).markup
        case .graph: GraphDrawing(panel, answers, grid, events: events, size: size).markup
        case .heatmap: HeatmapDrawing(panel, answers, grid, size: size).markup
        case .table: TableDrawing(panel, answers, size: size).markup
        case .bars: BarsDrawing(panel, answers, size: size).markup
        case .timeline: TimelineDrawing(panel, answers, grid, size: size).markup
        }
    }
}
