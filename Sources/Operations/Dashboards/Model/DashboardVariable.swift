/// A choice at the head of a dashboard.
package struct DashboardVariable: Sendable {
    let name: String
    let label: String
    let description: String
    /// A series selector and the label of it to choose from; nil for the data source.
    let query: (selector: String, label: String)?
    /// What “All” stands for; nil for each of the values, which keeps to what was chosen before.
    let all: String?

    static let datasource = DashboardVariable(
        name: "datasource", label: "Data source", description: "The Prometheus that scrapes Poolscope.", query: nil,
        all: nil)

    /// - Parameters:
    ///   - query: Asks only for variables to the left of this one.
    ///   - all: `.*` where series without the label count, too.
    static func choice(
        _ name: String, label: String, _ description: String, of query: (selector: String, label: String),
        all: String?
    ) -> Self {
        DashboardVariable(name: name, label: label, description: description, query: query, all: all)
    }

    var json: JSON {
        guard let query else {
            return [
                "description": .string(description), "hide": 0, "includeAll": false,
                "label": .string(label), "multi": false, "name": .string(name), "options": [],
                "query": "prometheus", "refresh": 1, "regex": "", "skipUrlSync": false, "type": "datasource",
            ]
        }
        let text = "label_values(\(query.selector), \(query.label))"
        let choice: JSON = [
            "current": ["selected": true, "text": ["All"], "value": ["$__all"]],
            "datasource": Dashboard.datasource, "definition": .string(text), "description": .string(description),
            "hide": 0, "includeAll": true, "label": .string(label), "multi": true, "name": .string(name),
            "options": [], "query": .string(text), "refresh": 2, "regex": "", "skipUrlSync": false, "sort": 1,
            "type": "query",
        ]
        return all.map { choice.adding(["allValue": .string($0)]) } ?? choice
    }
}
