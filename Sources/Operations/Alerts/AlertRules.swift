/// Every rule, in the groups and the order in which they stand in the file. A new alert is one line in its group.
package enum AlertRules {
    package static let groups: [RuleGroup] = [
        .poolRecords,
        .slowPoolRecords,
        .pools,
        .bouncer,
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

    /// The dashboard of pools, at one database of a PgBouncer.
    static let bouncerDatabase = DashboardLink(
        "poolscope-pools", [Variable("target", from: "target"), Variable("database", from: "database")])

    /// The dashboard of pools, at one target.
    static let bouncer = DashboardLink("poolscope-pools", [Variable("target", from: "target")])

    /// The dashboard of pools, at all that belongs together.
    static let cluster = DashboardLink(
        "poolscope-pools", [Variable("job", from: "job"), Variable("cluster", from: "cluster")])

    /// The dashboard of a server's slots.
    static let slots = DashboardLink("poolscope-slots", [Variable("target", from: "target")])
}

/// A threshold as PromQL writes it: no fraction where there is none, none of the noise of binary fractions.
func number(_ value: Double) -> String {
    let value = (value * 1e9).rounded() / 1e9
    return value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
}
