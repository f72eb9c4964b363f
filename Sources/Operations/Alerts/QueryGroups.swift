extension RuleGroup {
    /// Statements, transactions and locks.
    static let queries = RuleGroup(
        "poolscope-queries",
        alerts: [
            .slowQueries
        ])
}
