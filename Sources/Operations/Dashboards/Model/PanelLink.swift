/// A link from a series or a cell to the dashboard that says more about it.
///
/// Only what the series carries is set: its own labels by `Label`, what is chosen already by `carrying`.
package struct PanelLink: Sendable {
    /// A variable that is set from a label of the series, or from a column of the row.
    struct Label: Sendable {
        let variable: String
        let source: String

        /// The label of a line in a graph.
        static func series(_ label: String, as variable: String? = nil) -> Label {
            Label(variable: variable ?? label, source: "${__field.labels.\(label)}")
        }

        /// The column of a table, by its title.
        static func column(_ title: String, as variable: String) -> Label {
            Label(variable: variable, source: "${__data.fields.\(title)}")
        }
    }

    let title: String
    let dashboard: DashboardID
    let labels: [Label]
    let carrying: [String]

    init(_ title: String, to dashboard: DashboardID, setting labels: [Label], carrying: [String] = []) {
        self.title = title
        self.dashboard = dashboard
        self.labels = labels
        self.carrying = carrying
    }

    var json: JSON {
        let chosen = (["datasource", "job"] + carrying).map { "${\($0):queryparam}" }
        let set = labels.map { "var-\($0.variable)=\($0.source)" }
        let query = (chosen + set + ["${__url_time_range}"]).joined(separator: "&")
        return ["targetBlank": false, "title": .string(title), "url": "/d/\(dashboard.rawValue)?\(query)"]
    }
}
