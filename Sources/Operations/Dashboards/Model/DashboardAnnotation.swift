/// Something that happened, drawn into every graph of a dashboard.
package struct DashboardAnnotation: Sendable {
    let name: String
    let expression: String
    /// With the labels of the series in it.
    let title: String
    let colour: String
    /// Whether the value is the time of the event, in milliseconds; else the event is where the value is above 0.
    let valueIsTime: Bool

    static let builtIn: JSON = [
        "builtIn": 1, "datasource": ["type": "grafana", "uid": "-- Grafana --"], "enable": true, "hide": true,
        "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard",
    ]

    var json: JSON {
        [
            "datasource": Dashboard.datasource, "enable": true, "expr": .string(expression), "hide": false,
            "iconColor": .string(colour), "name": .string(name), "step": "30s", "tagKeys": "target", "textFormat": "",
            "titleFormat": .string(title), "useValueForTime": .bool(valueIsTime),
        ]
    }
}
