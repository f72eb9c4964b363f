import Practice

extension AlertRule {
    static let queryLatencyBudgetBurn = AlertRule(
        .queryLatencyBudgetBurn, .critical,
        comment: """
            A page: at this rate a month's budget of slow statements is gone within two days, or five. The long window \
            says that it matters, the short one that it is still so. With few statements the share says nothing. Only \
            where the histogram is completed from pg_stat_statements: else short statements are missing from it, and \
            the share of slow ones is much too large (see the recording rules).
            """,
        expression: """
            \(burn(Thresholds.Burn.fast, "1h", "5m"))
            or
            \(burn(Thresholds.Burn.medium, "6h", "30m"))
            """,
        for: "2m", keepFiringFor: "5m",
        summary:
            "Statements in database {{ $labels.datname }} of {{ $labels.target }} are too slow, and the budget burns fast",
        description: """
            \(objective) It was missed by \(share("5m")) of them in the last 5 minutes, \(share("1h")) in the last hour \
            and \(share("6h")) in the last 6 hours. At this rate a month's budget is gone within days.
            """,
        dashboard: .slowQueries)

    static let queryLatencyBudgetBurnSlow = AlertRule(
        .queryLatencyBudgetBurn, .warning,
        comment: "A ticket: a tenth of a month's budget or more was spent in three days, and still is.",
        expression: burn(Thresholds.Burn.slow, "3d", "6h"),
        for: "1h",
        summary:
            "Statements in database {{ $labels.datname }} of {{ $labels.target }} are slower than the objective allows",
        description: """
            \(objective) It was missed by \(share("6h")) of them in the last 6 hours and {{ $value | humanizePercentage }} \
            in the last 3 days. If that goes on, the month's budget will not last.
            """,
        dashboard: .slowQueries)

    /// Both windows burn faster than `rate` times the budget, and the short one has statements enough.
    private static func burn(_ rate: Double, _ long: String, _ short: String) -> String {
        """
        \(QueryRecords.share(over: long)) > \(QueryRecords.bound(burning: rate))
        and
        \(QueryRecords.share(over: short)) > \(QueryRecords.bound(burning: rate))
        and
        increase(poolscope_query_duration_seconds_count[\(short)]) \
        > \(number(Thresholds.QueryObjective.minimumPerWindow))
        """
    }

    private static let objective = """
        Of the statements in database {{ $labels.datname }} on {{ $labels.target }}, \
        \(number(Thresholds.QueryObjective.share * 100))% should end within \(number(Thresholds.QueryObjective.duration))s.
        """

    private static func share(_ window: String) -> String {
        Lookup(QueryRecords.share(over: window), by: ["datname"])
            .text("{{ .Value | humanizePercentage }}", orElse: "an unknown share")
    }
}
