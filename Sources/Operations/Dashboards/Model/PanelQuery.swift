/// One query of a panel. Its letter comes from its place.
package struct PanelQuery: Sendable {
    /// How Prometheus is asked, and how Grafana reads the answer.
    package enum Form: Sendable {
        /// Over the time range, a line for each series.
        case range
        /// Only the end of the time range: a number for each series.
        case instant
        /// Only the end, as rows with a column for each label.
        case table
        /// Over the time range, the series of the label `le` as the rows of a heatmap.
        case heatmap
    }

    package let expression: String
    /// Names the series by its labels: `{{target}} {{database}}`.
    package let legend: String
    let form: Form
    /// Whether Grafana asks for exemplars, too.
    let exemplars: Bool

    init(_ expression: String, _ legend: String, _ form: Form = .range, exemplars: Bool = false) {
        self.expression = expression
        self.legend = legend
        self.form = form
        self.exemplars = exemplars
    }

    /// - Parameter place: 0 for the first query of a panel.
    func json(place: Int) -> JSON {
        let instant = form == .instant || form == .table
        let format = form == .table ? "table" : form == .heatmap ? "heatmap" : "time_series"
        return [
            "datasource": Dashboard.datasource, "editorMode": "code", "exemplar": .bool(exemplars),
            "expr": .string(expression), "format": .string(format), "instant": .bool(instant),
            "legendFormat": .string(legend), "range": .bool(!instant),
            "refId": .string(Self.letter(place)),
        ]
    }

    static func letter(_ place: Int) -> String { String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place))) }
}
