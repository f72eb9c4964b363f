/// Every rule, in the groups and the order in which they stand in the file. A new alert is one line in its group.
package enum AlertRules {
    package static let groups: [RuleGroup] = [
        .pools,
        .queryRecords,
        .slowQueryRecords,
        .connections,
        .queries,
        .watching,
    ]

    package static let file = RuleFile(
        path: "alerts/poolscope.yml",
        heading: """
            Poolscope's alerts, and the recording rules that they and the dashboards use. Generated: `make generate`.
            Needs Prometheus 2.42 or newer (keep_firing_for).

            `dashboard_url` is a path: put your Grafana's address before it where you show it.
            Each alert has a unit test in tests/ and a runbook in docs/runbooks/.
            """,
        groups: groups)
}

extension DashboardLink {
    /// The dashboard of pools, at the pool that the alert is about.
    static let pool = DashboardLink(
        "poolscope-pools",
        [
            Variable("target", from: "target"), Variable("pooler", from: "pooler"),
            Variable("database", from: "database"), Variable("user", from: "user"),
        ])
}

/// A threshold as PromQL writes it: no fraction where there is none.
func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
}
