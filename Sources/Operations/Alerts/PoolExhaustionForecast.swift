import Practice

extension AlertRule {
    static let poolExhaustionForecast = AlertRule(
        .poolExhaustionForecast, .warning,
        comment: """
            A ticket: use has grown steadily, and at this rate the pool is full within hours. Poolscope forecasts \
            only where use is a rising line. Small pools far from full are left out, and those that are full already \
            (0).
            """,
        expression: """
            (poolscope_pool_exhaustion_seconds < \(number(Thresholds.Exhaustion.warning))) > 0
            and
            poolscope_pool_saturation_ratio >= \(number(Thresholds.Saturation.forecastFrom))
            """,
        for: "15m", keepFiringFor: "10m",
        summary: "\(AlertText.pool): full in {{ $value | humanizeDuration }} if use goes on growing",
        description: """
            \(AlertText.pool): the connections in use grow steadily, and if they go on so, all are in use in \
            {{ $value | humanizeDuration }}.\
            \(AlertText.lookup(
                "poolscope_pool_saturation_ratio", sharing: AlertText.ofPool,
                " Now \(AlertText.value("humanizePercentage")) are."))
            """,
        dashboard: .pool)
}
