/// One alerting rule.
package struct AlertRule: Sendable {
    package let name: AlertName
    package let severity: Severity
    /// Why it asks what it asks; a comment in the rule file.
    package let comment: String
    /// PromQL; may have several lines.
    package let expression: String
    /// How long it must hold, e.g. `1m`.
    package let holdsFor: String
    /// How long it goes on firing after it holds no more, where it would flap.
    package let keepsFiringFor: String?
    package let summary: String
    /// Sentences with the numbers; one line, which the file wraps.
    package let description: String
    /// Nil where none of ours shows the metrics: those of the peers' exporters.
    package let dashboard: DashboardLink?

    package init(
        _ name: AlertName, _ severity: Severity, comment: String, expression: String, for holdsFor: String,
        keepFiringFor keepsFiringFor: String? = nil, summary: String, description: String, dashboard: DashboardLink?
    ) {
        self.name = name
        self.severity = severity
        self.comment = comment
        self.expression = expression
        self.holdsFor = holdsFor
        self.keepsFiringFor = keepsFiringFor
        self.summary = summary
        self.description = description
        self.dashboard = dashboard
    }
}

extension AlertRule: RuleText {
    var lines: [String] {
        YAMLText.comment(comment) + ["- alert: \(name.rawValue)", "  expr: |"]
            + YAMLText.indented(expression, by: 4)
            + ["  for: \(holdsFor)"] + (keepsFiringFor.map { ["  keep_firing_for: \($0)"] } ?? [])
            + ["  labels:", "    severity: \(severity.rawValue)", "  annotations:"]
            + annotation("summary", summary) + annotation("description", description)
            + annotation("runbook_url", ProjectLinks.runbook(of: name))
            + (dashboard.map { annotation("dashboard_url", $0.template) } ?? [])
    }

    private func annotation(_ key: String, _ text: String) -> [String] {
        YAMLText.folded(key: key, text, indent: 4)
    }
}
