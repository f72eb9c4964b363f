/// A heading with the panels below it, which follow each other from left to right and wrap.
package struct DashboardRow: Sendable {
    package let title: String
    package let panels: [Panel]

    init(_ title: String, _ panels: [Panel]) {
        self.title = title
        self.panels = panels
    }

    /// The panels by line: as many as fit into its 24 columns.
    var lines: [[Panel]] {
        panels.reduce(into: []) { lines, panel in
            let taken = lines.last?.reduce(0) { $0 + $1.width.rawValue } ?? Self.columns
            if taken + panel.width.rawValue > Self.columns {
                lines.append([panel])
            } else {
                lines[lines.count - 1].append(panel)
            }
        }
    }

    static let columns = 24
}
