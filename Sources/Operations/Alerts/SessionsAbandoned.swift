import Practice

extension AlertRule {
    static let sessionsAbandoned = AlertRule(
        .sessionsAbandoned, .warning,
        comment: """
            A ticket: sessions that end without a goodbye are clients that crash, are cut off by the network, or are \
            refused by the server. PostgreSQL 14 and newer count them. In the description, a kind that there is none of is 0.
            """,
        expression: """
            datname:pg_stat_database_sessions_lost:rate15m
            / on (job, instance, target, datname) group_left ()
            (sum without (datid) (rate(pg_stat_database_sessions_total[15m])) > 0)
            > \(number(Thresholds.AbandonedSessions.warning))
            and
            datname:pg_stat_database_sessions_lost:rate15m \
            > \(number(Thresholds.AbandonedSessions.minimumPerSecond))
            """,
        for: "15m",
        summary: "Sessions of database {{ $labels.datname }} of {{ $labels.target }} end without a goodbye",
        description: """
            Of the sessions in database {{ $labels.datname }} on {{ $labels.target }}, {{ $value | humanizePercentage }} \
            end abnormally. Each second \(ends("abandoned")) lose their client, \(ends("fatal")) end by a fatal error, \
            \(ends("killed")) by an operator.
            """,
        dashboard: .slotsOfDatabase)

    private static func ends(_ kind: String) -> String {
        Lookup("pg_stat_database_sessions_\(kind)_total", by: ["datname"], around: "sum(rate(…[15m]))")
            .text("{{ .Value | printf `%.2f` }}", orElse: "0")
    }
}
