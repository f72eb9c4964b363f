/// A table of text that fits its surface: long columns are cut first, then the least important ones left out.
package struct TableLayout: Sendable {
    package struct Column: Sendable {
        package let title: String
        package var isRightAligned = false
        /// The least width to which its texts may be cut; nil where they may not be.
        package var minimum: Int?
        /// The higher, the sooner it is left out; 0 never.
        package var dispensability = 0

        package init(_ title: String, isRightAligned: Bool = false, minimum: Int? = nil, dispensability: Int = 0) {
            self.title = title
            self.isRightAligned = isRightAligned
            self.minimum = minimum
            self.dispensability = dispensability
        }
    }

    package struct Cell: Sendable {
        package let text: String
        package let style: TerminalStyle?

        /// - Parameter text: as it came from elsewhere; it is escaped here.
        package init(_ text: String, _ style: TerminalStyle? = nil) {
            self.text = VisibleText.escaped(text)
            self.style = style
        }
    }

    private static let gap = "  "

    private let columns: [Column]
    private let rows: [[Cell]]
    private let naturalWidths: [Int]

    /// - Precondition: every row has as many cells as there are columns.
    package init(_ columns: [Column], rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "a row is shorter or longer than the header")
        self.columns = columns
        self.rows = rows
        naturalWidths = columns.indices.map { index in
            rows.reduce(VisibleText.width(columns[index].title)) { max($0, VisibleText.width($1[index].text)) }
        }
    }

    /// The lines, the titles first.
    package func lines(on surface: TextSurface) -> [String] {
        let widths = Self.widths(naturalWidths, of: columns, limit: surface.width)
        let shown = columns.indices.filter { widths[$0] != nil }
        func line(_ cells: [Cell], titles: Bool) -> String {
            let texts = shown.map { index -> String in
                let width = widths[index] ?? 0
                let text = VisibleText.fitted(cells[index].text, to: width)
                let padding = String(repeating: " ", count: max(0, width - VisibleText.width(text)))
                let styled = surface.styled(text, titles ? .bold : cells[index].style)
                if columns[index].isRightAligned { return padding + styled }
                return index == shown.last ? styled : styled + padding
            }
            let line = texts.joined(separator: Self.gap)
            // Nothing stands in the last columns of many rows.
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return [line(columns.map { Cell($0.title) }, titles: true)] + rows.map { line($0, titles: false) }
    }

    /// The width of each column; nil for one that is left out.
    static func widths(_ natural: [Int], of columns: [Column], limit: Int?) -> [Int?] {
        var widths: [Int?] = natural
        guard let limit else { return widths }
        func excess() -> Int {
            let shown = widths.compactMap(\.self)
            return shown.reduce(0, +) + gap.count * max(0, shown.count - 1) - limit
        }
        while excess() > 0 {
            let shown = columns.indices.filter { widths[$0] != nil }
            let cuttable = shown.filter { (widths[$0] ?? 0) > (columns[$0].minimum ?? .max) }
            if let longest = cuttable.max(by: { (widths[$0] ?? 0) < (widths[$1] ?? 0) }), let width = widths[longest] {
                widths[longest] = width - 1
            } else if let least = shown.max(by: { columns[$0].dispensability < columns[$1].dispensability }),
                columns[least].dispensability > 0
            {
                // What had been cut may have room again.
                widths = columns.indices.map { widths[$0] == nil || $0 == least ? nil : natural[$0] }
            } else {
                break
            }
        }
        return widths
    }
}
