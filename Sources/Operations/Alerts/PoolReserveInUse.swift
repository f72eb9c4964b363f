extension AlertRule {
    static let poolReserveInUse = AlertRule(
        .poolReserveInUse, .warning,
        comment: """
            A ticket: the reserve is for bursts, and this one has lasted. Without a reserve the two shares are \
            equal, also while a pool is above a size that was just made smaller.
            """,
        expression: """
            poolscope_pool_limit_ratio{pooler="pgbouncer", limit="pool"}
            > on (job, instance, target, pooler, database, user)
            clamp_min(poolscope_pool_limit_ratio{pooler="pgbouncer", limit="pool_with_reserve"}, 1)
            """,
        for: "5m", keepFiringFor: "5m",
        summary: "Pool {{ $labels.database }}/{{ $labels.user }} of {{ $labels.target }} lives on its reserve",
        description: """
            The pool for database {{ $labels.database }} and user {{ $labels.user }} on {{ $labels.target }} lends \
            out {{ $value | humanizePercentage }} of its pool_size; what is above comes from the reserve\
            \(AlertText.lookup(
                "poolscope_pool_limit_ratio", sharing: AlertText.ofPool, with: [("limit", "pool_with_reserve")],
                ", with which \(AlertText.value("humanizePercentage")) are lent out")). A client gets a \
            connection of the reserve only after it has waited for reserve_pool_timeout.
            """,
        dashboard: .pool)
}
