/// A dashboard, as it is written by people: rows of panels, from the general to the particular.
///
/// Rendered, it is Grafana's classic JSON (Grafana 10 and newer), ready to be imported or provisioned.
package struct Dashboard: Sendable {
    package let id: DashboardID
    package let title: String
    /// The question that it answers.
    let question: String
    let variables: [DashboardVariable]
    let annotations: [DashboardAnnotation]
    package let rows: [DashboardRow]

    package var panels: [Panel] { rows.flatMap(\.panels) }

    package var file: GeneratedFile { GeneratedFile(path: id.path, text: json.canonical() + "\n") }

    static let datasource: JSON = ["type": "prometheus", "uid": "${datasource}"]

    private var json: JSON {
        [
            "annotations": ["list": .array([DashboardAnnotation.builtIn] + annotations.map(\.json))],
            "description": .string(question), "editable": false, "fiscalYearStartMonth": 0, "graphTooltip": 1,
            "id": .null, "links": Self.links, "panels": .array(placed), "refresh": "30s", "schemaVersion": 39,
            "tags": ["poolscope", "postgresql", "pgbouncer"],
            "templating": ["list": .array(variables.map(\.json))],
            "time": ["from": "now-1h", "to": "now"], "timepicker": [:], "timezone": "browser",
            "title": "Poolscope / \(title)", "uid": .string(id.rawValue), "version": 1, "weekStart": "",
        ]
    }

    /// Rows and panels with their ids and places, from the top to the bottom.
    private var placed: [JSON] {
        var panels: [JSON] = []
        var y = 0
        for row in rows {
            let heading = GridPlace(x: 0, y: y, width: DashboardRow.columns, height: 1)
            panels.append([
                "collapsed": false, "gridPos": heading.json, "id": .integer(panels.count + 1), "panels": [],
                "title": .string(row.title), "type": "row",
            ])
            y += 1
            for line in row.lines {
                let height = line.map(\.kind.height).max() ?? 0
                var x = 0
                for panel in line {
                    let place = GridPlace(x: x, y: y, width: panel.width.rawValue, height: height)
                    panels.append(panel.json(id: panels.count + 1, place: place))
                    x += panel.width.rawValue
                }
                y += height
            }
        }
        return panels
    }

    private static let links: JSON = [
        [
            "asDropdown": true, "icon": "external link", "includeVars": true, "keepTime": true, "tags": ["poolscope"],
            "targetBlank": false, "title": "Poolscope", "tooltip": "The other dashboards, with the same choices",
            "type": "dashboards", "url": "",
        ],
        [
            "asDropdown": false, "icon": "doc", "includeVars": false, "keepTime": false, "tags": [],
            "targetBlank": true, "title": "Runbooks", "tooltip": "What to do when an alert fires", "type": "link",
            "url": .string(ProjectLinks.folder("docs/runbooks")),
        ],
    ]
}
