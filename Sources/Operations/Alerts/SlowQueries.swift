extension AlertRule {
    static let slowQueries = AlertRule(
        .slowQueries, .warning,
        comment: """
            A ticket. The histogram learns of a statement when it ends; the second half sees one that does not end. \
            The bucket is le="5.0"; before Poolscope spoke OpenMetrics it was le="5": the sum takes whichever is there.
            """,
        expression: """
            60 * (
                rate(poolscope_query_duration_seconds_count[5m])
              -
                sum without (le) (rate(poolscope_query_duration_seconds_bucket{le=~"5|5.0"}[5m]))
            ) > \(number(Thresholds.SlowQuery.perMinute))
            or
            poolscope_oldest_query_seconds > \(number(Thresholds.SlowQuery.oldest))
            """,
        for: "2m",
        summary: "Slow statements in database {{ $labels.datname }} of {{ $labels.target }}",
        description: """
            In database {{ $labels.datname }} on {{ $labels.target }}, statements that take longer than 5s end more \
            than once a minute, or one has been running for over 1m. \
            {{ with printf "poolscope_oldest_query_seconds{job=%q,instance=%q,target=%q,datname=%q}" \
            $labels.job $labels.instance $labels.target $labels.datname | query \
            }}The oldest that runs now began {{ . | first | value | humanizeDuration }} ago.{{ \
            else }}None is running now.{{ end }}
            """,
        dashboard: DashboardLink("poolscope-slow-queries", [.init("target", from: "target")]))
}
