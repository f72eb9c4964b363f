import Operations
import OperationsSupport

/// A dashboard, with what it asks Prometheus.
struct ShippedDashboard: Sendable, CustomStringConvertible {
    let path: String
    let variables: [GrafanaVariable]
    /// Queries of annotations, by their names.
    let annotations: [(name: String, expression: String)]
    let queries: [PanelQuery]

    var description: String { path }

    init(path: String, json: JSON) {
        self.path = path
        variables = json["templating"]["list"].elements.map(GrafanaVariable.init)
        annotations = json["annotations"]["list"].elements.compactMap { annotation in
            annotation["expr"].string.map { (annotation["name"].string ?? "", $0) }
        }
        queries = Self.panels(json).flatMap { panel in
            panel["targets"].elements.compactMap { PanelQuery(dashboard: path, panel: panel, target: $0) }
        }
    }

    /// Those in a row that is folded, too.
    private static func panels(_ json: JSON) -> [JSON] {
        json["panels"].elements.flatMap { [$0] + panels($0) }
    }
}

/// One query of a panel.
struct PanelQuery: Sendable, Hashable {
    let dashboard: String
    let panel: String
    /// Grafana's name for the kind of panel, e.g. `timeseries`.
    let type: String
    let refID: String
    let expression: String
    /// The labels that the legend takes from the series.
    let legendLabels: [String]
    /// Grafana's name for it; nil where it has none, or not one for all series.
    let unit: String?

    var isHeatmap: Bool { type == "heatmap" }

    /// Nil for a target that asks nothing of Prometheus.
    init?(dashboard: String, panel: JSON, target: JSON) {
        guard let expression = target["expr"].string else { return nil }
        self.dashboard = dashboard
        self.panel = panel["title"].string ?? ""
        type = panel["type"].string ?? ""
        refID = target["refId"].string ?? ""
        self.expression = expression
        let legend = target["legendFormat"].string ?? ""
        legendLabels = legend.matches(of: #/\{\{\s*(\w+)\s*\}\}/#).map { String($0.1) }
        unit = Self.unit(of: panel, refID: refID)
    }

    init(
        dashboard: String = "d.json", panel: String = "P", type: String = "timeseries", refID: String = "A",
        expression: String, legendLabels: [String] = [], unit: String? = nil
    ) {
        self.dashboard = dashboard
        self.panel = panel
        self.type = type
        self.refID = refID
        self.expression = expression
        self.legendLabels = legendLabels
        self.unit = unit
    }

    /// That of an override for this query, else the panel's; none where other overrides of the unit may apply.
    private static func unit(of panel: JSON, refID: String) -> String? {
        var unit = panel["fieldConfig"]["defaults"]["unit"].string
        for override in panel["fieldConfig"]["overrides"].elements {
            let new = override["properties"].elements.first { $0["id"].string == "unit" }?["value"].string
            guard let new else { continue }
            let matcher = override["matcher"]
            let isOurs =
                matcher["id"].string == "byFrameRefID" && matcher["options"].string == refID
                || matcher["id"].string == "byName" && matcher["options"].string == "Value #\(refID)"
            let isOthers =
                matcher["id"].string == "byFrameRefID" || matcher["options"].string?.hasPrefix("Value #") == true
            if isOurs { return new }
            if !isOthers { unit = nil }
        }
        return unit
    }
}
