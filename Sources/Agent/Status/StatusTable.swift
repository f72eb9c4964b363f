/// A table of the status page: with a caption, with headers for rows and columns, and scrolling by itself when a phone
/// is too narrow for it.
struct StatusTable {
    enum Cell {
        case text(String)
        case level(String, StatusLevel)
        /// HTML of ours.
        case markup(String)
    }

    struct Row {
        let name: String
        let cells: [Cell]
    }

    let id: String
    let title: String
    let columns: [String]
    let rows: [Row]
    let omitted: Int
    let ifEmpty: String
    var whereTheRestIs = "/metrics has them"

    var html: String {
        let body = rows.isEmpty ? "<p>\(ifEmpty)</p>" : table
        let more = omitted > 0 ? "\n<p>\(omitted) more rows are not shown; \(whereTheRestIs).</p>" : ""
        return "<section id=\"\(id)\">\n<h2 id=\"\(id)-title\">\(title)</h2>\n"
            + "\(body)\(more)\n</section>"
    }

    private var table: String {
        let heads = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
        // The region can be scrolled by keyboard: so it takes the focus, and has a name.
        return "<div class=\"scroll\" role=\"region\" aria-labelledby=\"\(id)-title\" tabindex=\"0\">\n"
            + "<table><thead><tr>\(heads)</tr></thead>\n<tbody>\n"
            + rows.map(Self.row).joined(separator: "\n") + "\n</tbody></table>\n</div>"
    }

    private static func row(_ row: Row) -> String {
        "<tr><th scope=\"row\">\(StatusText.escape(row.name))</th>\(row.cells.map(cell).joined())</tr>"
    }

    private static func cell(_ cell: Cell) -> String {
        switch cell {
        case .text(let text):
            "<td>\(StatusText.escape(text))</td>"
        case .level(let text, let level):
            text.isEmpty || level == .fine
                ? "<td>\(StatusText.escape(text))</td>"
                : "<td class=\"\(level.rawValue)\"><span aria-hidden=\"true\">\(level.mark)</span>"
                    + "\(StatusText.escape(text))</td>"
        case .markup(let html):
            "<td>\(html)</td>"
        }
    }
}
