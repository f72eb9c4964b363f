import Practice

extension AlertRule {
    static let slowQueries = AlertRule(
        .slowQueries, .warning,
        comment: """
            A ticket. The counter has every statement that passes slow_threshold (slow_overrides heeded), also one that \
            still runs, and once only; the second half sees one that does not end. The counter is read, not the \
            histogram, so that the alert means the same where only native histograms are kept.
            """,
        expression: """
            60 * sum without (application_name, usename) (rate(poolscope_slow_queries_total[5m])) \
            > \(number(Thresholds.SlowQuery.perMinute))
            or
            poolscope_oldest_query_seconds > \(number(Thresholds.SlowQuery.oldest))
            """,
        for: "2m", keepFiringFor: "5m",
        summary: "Slow statements in database {{ $labels.datname }} of {{ $labels.target }}",
        description: """
            In database {{ $labels.datname }} on {{ $labels.target }}, \(slowRate) statements a minute become slow \
            (they take longer than slow_threshold, which is \(number(Thresholds.SlowQuery.duration))s unless \
            configured)\(slowest). \(oldestQuery)
            """,
        dashboard: .slowQueries)

    private static let slowRate = Lookup(
        "poolscope_slow_queries_total", by: ["datname"], around: "60 * sum(rate(…[5m]))"
    ).text(#"{{ .Value | printf "%.1f" }}"#, orElse: "0.0")

    private static let slowest = Lookup(
        "poolscope_slow_queries_total", by: ["datname"],
        around: "sort_desc(sum by (application_name, usename) (rate(…[5m])) > 0)"
    ).text(", most of them of application {{ or .Labels.application_name `(no name)` }} and role {{ .Labels.usename }}")

    private static let oldestQuery = Lookup("poolscope_oldest_query_seconds", by: ["datname"], around: "… > 0").text(
        "The oldest that runs now began {{ .Value | humanizeDuration }} ago.", orElse: "None is running now.")
}
