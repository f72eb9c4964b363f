import Practice

extension AlertRule {
    static let slotsOnlyReservedLeft = AlertRule(
        .slotsOnlyReservedLeft, .critical,
        comment: """
            A page: PostgreSQL refuses everybody but superusers. Poolscope says so also where it is refused itself.
            """,
        expression: "poolscope_pool_saturation_ratio{pooler=\"server\"} >= \(number(Thresholds.Saturation.full))",
        for: "1m", keepFiringFor: "5m",
        summary: "PostgreSQL {{ $labels.target }} has no slot left for clients",
        description: """
            Every slot of {{ $labels.target }} that is not reserved is taken\
            \(AlertText.lookup(
                "poolscope_pool_size", sharing: AlertText.ofPool, " (\(AlertText.value()) of them)")): new \
            clients are refused (“remaining connection slots are reserved”, 53300). Superusers still get in.
            """,
        dashboard: .slots)
}
