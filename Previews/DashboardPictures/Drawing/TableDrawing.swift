/// Rows with a column for each label and each query.
struct TableDrawing {
    private let panel: PreviewPanel
    private let columns: [(field: String, title: String)]
    private let rows: [TableRow]
    private let size: PanelSize

    private static let rowHeight = 26.0

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], size: PanelSize) {
        self.panel = panel
        self.size = size
        let table = MergedTable(answers)
        let columns = panel.columns?.shown(of: table.fields) ?? []
        self.columns = columns
        let sorting = columns.first { $0.title == panel.columns?.sorting }?.field
        rows = sorting.map { table.rows(sortedBy: $0) } ?? table.rows
    }

    var markup: Markup {
        guard !rows.isEmpty else { return .block("nothing", [.text("No data")]) }
        let room = max(1, Int((size.height - 30) / Self.rowHeight))
        let count = rows.count > room ? room - 1 : rows.count
        let head = Markup.element(
            "tr", [:],
            columns.map { column in
                .element("th", ["class": isNumber(column.field) ? "right" : ""], [.text(column.title)])
            })
        let body = rows.prefix(count).map { row in Markup.element("tr", [:], columns.map { cell($0, of: row) }) }
        let rest = rows.count > count ? [Markup.block("faint", [.text("and \(rows.count - count) more rows")])] : []
        return .element("table", [:], [head] + body) + .block("", rest)
    }

    private func isNumber(_ field: String) -> Bool { field.hasPrefix(MergedTable.value) }

    private func cell(_ column: (field: String, title: String), of row: TableRow) -> Markup {
        let style = panel.style(of: column.title)
        switch row[column.field] {
        case nil: return .element("td")
        case .label(let text):
            let colour = style.cell == .coloured ? style.colour(of: text) : Palette.text
            return .element("td", ["style": "color:\(colour)"], [.text(style.text(of: text))])
        case .value(let value):
            let text = style.text(of: value)
            let colour = style.cell == .text ? Palette.text : style.colour(of: value)
            guard style.cell == .gauge else {
                return .element("td", ["class": "right", "style": "color:\(colour)"], [.text(text)])
            }
            let (low, high) = (style.minimum ?? 0, style.maximum ?? 1)
            let share = min(max((value - low) / (high - low), 0), 1)
            let bar = Markup.block("fill", style: "width:\(Markup.pixels(share * 100))%;background:\(colour)", [])
            return .element(
                "td", ["class": "gauge"],
                [
                    .block(
                        "meter", [.block("track", [bar]), .block("number", style: "color:\(colour)", [.text(text)])])
                ])
        }
    }
}
