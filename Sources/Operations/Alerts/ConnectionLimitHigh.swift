import Practice

extension AlertRule {
    private static let above = "> \(number(Thresholds.ConnectionLimit.warning))"

    static let connectionLimitHigh = AlertRule(
        .connectionLimitHigh, .warning,
        comment: """
            A ticket: one tenant is about to be refused though there is room for others. PgBouncer's limits on \
            server connections are not among these: it closes idle ones to stay within them, and their busy share is \
            part of the pool's saturation.
            """,
        expression: """
            poolscope_pool_limit_ratio{pooler="server", limit=~"role|database"} \(above)
            or
            poolscope_pool_limit_ratio{pooler="pgbouncer", limit=~"database_clients|user_clients"} \(above)
            """,
        for: "10m", keepFiringFor: "5m",
        summary: """
            {{ with $labels.user }}User {{ . }}{{ else }}Database {{ $labels.database }}{{ end }} of \
            {{ $labels.target }} has used {{ $value | humanizePercentage }} of its connection limit
            """,
        description: """
            Connections of {{ with $labels.user }}user {{ . }}{{ else }}database {{ $labels.database }}{{ end }} on \
            {{ $labels.target }} are {{ $value | humanizePercentage }} of their own limit ({{ $labels.limit }}). At \
            100% new ones are refused, however much room there is for others.
            """,
        dashboard: .pool)
}
