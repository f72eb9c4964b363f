import Practice

extension AlertRule {
    private static let inUse = """
        {{ $value | humanizePercentage }} of what they may be\
        \(AlertText.lookup(
            "poolscope_pool_size", sharing: AlertText.ofPool, " (\(AlertText.value()) connections)"))
        """

    static let poolSaturationHigh = AlertRule(
        .poolSaturationHigh, .warning,
        comment: """
            A ticket: there is so little room left that the next burst makes a queue, or is refused by the server. A \
            mean, since a pool may well be full for moments, and only of what is still there. PgBouncer as a whole \
            (no database) is left to PgBouncerClientSlotsHigh.
            """,
        expression: """
            avg_over_time(poolscope_pool_saturation_ratio[10m]) > \(number(Thresholds.Saturation.warning))
            unless
            poolscope_pool_saturation_ratio{pooler="pgbouncer", database=""}
            and
            poolscope_pool_saturation_ratio
            """,
        for: "5m", keepFiringFor: "10m",
        summary: "\(AlertText.pool): {{ $value | humanizePercentage }} in use",
        description: """
            \(AlertText.pool): over the last 10m the connections in use were on average \(inUse); worth a look from \
            \(AlertText.percent(Thresholds.Saturation.warning)) on.
            """,
        dashboard: .pool)

    static let slotsNearlyFull = AlertRule(
        .poolSaturationHigh, .critical,
        comment: """
            A page, for the server alone: it has no queue, and refuses the first client beyond its last slot. A pool \
            that is full and has no queue has the right size.
            """,
        expression: "poolscope_pool_saturation_ratio{pooler=\"server\"} > \(number(Thresholds.Saturation.critical))",
        for: "2m", keepFiringFor: "5m",
        summary: "\(AlertText.pool): {{ $value | humanizePercentage }} in use, soon clients are refused",
        description: """
            \(AlertText.pool): the connections of clients are \(inUse), the reserved ones left out. \
            When none is left, PostgreSQL refuses new clients (“remaining connection slots are reserved”, 53300).
            """,
        dashboard: .slots)
}
