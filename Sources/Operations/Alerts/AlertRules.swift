/// Every rule, in the groups and the order in which they stand in the file. A new alert is one line here.
package enum AlertRules {
    package static let groups: [RuleGroup] = [
        RuleGroup("poolscope-pools", alerts: [.poolExhausted])
    ]
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
