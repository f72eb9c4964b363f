import Practice

extension AlertRule {
    static let deadlocks = AlertRule(
        .deadlocks, .warning,
        comment: """
            A ticket: transactions take the same locks in different orders, and some were rolled back for it. Of a \
            counter that never falls, only what came lately counts. It compares with "at least", since increase() \
            reckons a little more than was counted.
            """,
        expression: """
            sum without (datid) (increase(pg_stat_database_deadlocks[15m])) \
            >= \(number(Thresholds.Deadlocks.perQuarterHour))
            """,
        for: "1m",
        summary: "Deadlocks in database {{ $labels.datname }} of {{ $labels.target }}",
        description: """
            In database {{ $labels.datname }} on {{ $labels.target }}, {{ $value | printf "%.0f" }} transactions were \
            rolled back in the last 15 minutes, because they waited for each other.
            """,
        dashboard: .transactions)
}
