import Practice

extension AlertRule {
    static let connectionChurn = AlertRule(
        .connectionChurn, .warning,
        comment: """
            A ticket: a connection per request costs the server a process each, and the client a login. The ratio alone \
            would complain of a database that is hardly used, so the sessions are counted, too. PostgreSQL 14 and newer \
            count sessions; on older ones this is silent.
            """,
        expression: """
            poolscope_sessions_per_transaction_ratio > \(number(Thresholds.Churn.warning))
            and
            sum without (datid) (rate(pg_stat_database_sessions_total[5m])) \
            > \(number(Thresholds.Churn.minimumSessionsPerSecond))
            """,
        for: "15m",
        summary:
            "Clients of database {{ $labels.datname }} of {{ $labels.target }} open connections instead of keeping them",
        description: """
            In database {{ $labels.datname }} on {{ $labels.target }}, {{ $value | printf "%.2f" }} sessions are opened for \
            each transaction\(sessionRate). With a pool it is near 0.
            """,
        dashboard: .slotsOfDatabase)

    private static let sessionRate = Lookup(
        "pg_stat_database_sessions_total", by: ["datname"], around: "sum(rate(…[5m]))"
    ).text(", {{ .Value | printf `%.1f` }} a second")
}
