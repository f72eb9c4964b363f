/// Where an alert leads: a dashboard, with the variables set that the alert's labels know.
package struct DashboardLink: Hashable, Sendable {
    package let uid: String
    /// The dashboard's variable, and the label of the alert that it takes its value from.
    package let variables: [Variable]

    package struct Variable: Hashable, Sendable {
        package let name: String
        package let label: String

        package init(_ name: String, from label: String) {
            self.name = name
            self.label = label
        }
    }

    package init(_ uid: String, _ variables: [Variable]) {
        self.uid = uid
        self.variables = variables
    }

    /// The path, with what Prometheus fills in; put Grafana's address before it where it is shown.
    var template: String {
        let values = variables.map { "var-\($0.name)={{ $labels.\($0.label) | urlquery }}" }
        return "/d/\(uid)" + (values.isEmpty ? "" : "?" + values.joined(separator: "&"))
    }
}
