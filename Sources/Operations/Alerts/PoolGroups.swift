extension RuleGroup {
    /// Whether clients get a connection: PgBouncer's pools, the server's slots and in-process pools.
    static let pools = RuleGroup(
        "poolscope-pools",
        alerts: [
            .poolExhausted
        ])
}
