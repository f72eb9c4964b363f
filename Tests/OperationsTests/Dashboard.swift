import Foundation
import Operations
import Testing

/// A dashboard of the folder `dashboards`, with what the checks ask of it.
struct Dashboard: CustomTestStringConvertible {
    let path: String
    let json: JSON

    var testDescription: String { path }

    /// Every dashboard shipped.
    static let all: [Dashboard] = {
        do {
            return try Repository.files(in: "dashboards", withExtension: "json").map { path in
                let json = try JSONDecoder().decode(JSON.self, from: Data(contentsOf: Repository.url(path)))
                return Dashboard(path: path, json: json)
            }
        } catch {
            preconditionFailure("the dashboards cannot be read: \(error)")
        }
    }()

    var uid: String? { json["uid"].string }

    /// Rows too.
    var everyPanel: [Panel] { json["panels"].elements.map(Panel.init) }

    var panels: [Panel] { everyPanel.filter { $0.type != "row" } }

    var variables: [JSON] { json["templating"]["list"].elements }

    /// Every query there is: of panels, variables and annotations, with a name for messages.
    var queries: [(name: String, expression: String)] {
        let ofPanels = panels.flatMap { panel in panel.targets.map { (panel.title, $0["expr"].string ?? "") } }
        let ofVariables = variables.compactMap { variable -> (String, String)? in
            guard let query = variable["query"].string,
                let match = query.wholeMatch(of: /label_values\((.*), *([a-z_]+)\)/)
            else { return nil }
            return (variable["name"].string ?? "", String(match.1))
        }
        let ofAnnotations = json["annotations"]["list"].elements.compactMap { annotation in
            annotation["expr"].string.map { (annotation["name"].string ?? "", $0) }
        }
        return ofPanels + ofVariables + ofAnnotations
    }
}

/// One panel, or one row, of a dashboard.
struct Panel {
    let json: JSON

    var id: Int? { json["id"].integer }
    var title: String { json["title"].string ?? "" }
    var type: String { json["type"].string ?? "" }
    var targets: [JSON] { json["targets"].elements }
    var unit: String? { json["fieldConfig"]["defaults"]["unit"].string }
    var overrides: [JSON] { json["fieldConfig"]["overrides"].elements }

    /// The queries, each with its place, its expression and the unit of its values.
    var queries: [(legend: String, expression: String, unit: String?, instant: Bool)] {
        targets.map { target in
            (
                target["legendFormat"].string ?? "", target["expr"].string ?? "",
                unit(of: target["refId"].string ?? ""), target["instant"] == .bool(true)
            )
        }
    }

    /// The unit of a query's values: in a table its column's; nil for a column that is not shown.
    private func unit(of letter: String) -> String? {
        guard type == "table" else { return unit }
        let options = json["transformations"].elements.first { $0["id"].string == "organize" }?["options"] ?? .null
        let field = targets.count == 1 ? "Value" : "Value #\(letter)"
        guard options["excludeByName"][field] == .null else { return nil }
        let title = options["renameByName"][field].string
        return property("unit", of: title)?.string ?? unit
    }

    /// A property that a series or column of that name has of its own.
    func property(_ id: String, of name: String?) -> JSON? {
        overrides.filter { $0["matcher"]["options"].string == name }.flatMap { $0["properties"].elements }
            .first { $0["id"].string == id }?["value"]
    }

    /// The values at which it changes its colour.
    var thresholds: [Double] { Self.values(json["fieldConfig"]["defaults"]["thresholds"]) }

    /// The same, with those of a table's columns.
    var allThresholds: Set<Double> {
        let ofColumns = overrides.flatMap { $0["properties"].elements }.filter { $0["id"].string == "thresholds" }
        return Set(thresholds + ofColumns.flatMap { Self.values($0["value"]) })
    }

    private static func values(_ thresholds: JSON) -> [Double] {
        thresholds["steps"].elements.compactMap { $0["value"].double }
    }

    /// Every address that it leads to from its series and cells.
    var dataLinks: [String] {
        let ofSeries = json["fieldConfig"]["defaults"]["links"].elements
        let ofColumns = overrides.flatMap { $0["properties"].elements }.filter { $0["id"].string == "links" }
            .flatMap { $0["value"].elements }
        return (ofSeries + ofColumns).compactMap { $0["url"].string }
    }

    /// The cells of the grid that it covers.
    var cells: (columns: Range<Int>, rows: Range<Int>) {
        let grid = json["gridPos"]
        let x = grid["x"].integer ?? -1
        let y = grid["y"].integer ?? -1
        return (x..<(x + (grid["w"].integer ?? 0)), y..<(y + (grid["h"].integer ?? 0)))
    }

    /// Whether it leads to the runbook of this alert.
    func links(to alert: Alert) -> Bool {
        json["links"].elements.contains { $0["url"].string == alert.annotations["runbook_url"] }
    }
}
