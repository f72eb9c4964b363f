extension AlertRule {
    static let timeoutMissing = AlertRule(
        .timeoutMissing, .info,
        comment: """
            For the digest: nothing is wrong yet, but nothing would end it. One alert for each time-out of a server; \
            who is without is in the description. The recording rule knows that ALTER ROLE and ALTER DATABASE may have \
            set what the server has not.
            """,
        expression: """
            sum without (datname, usename) (\(QueryRecords.sessionsWithoutTimeout)) > 0
            """,
        for: "1h",
        summary: "Sessions of {{ $labels.target }} have no {{ $labels.setting }}",
        description: """
            {{ $value | humanize }} sessions on {{ $labels.target }} began without a {{ $labels.setting }}: nothing ends \
            what goes on for ever\(without).
            """,
        dashboard: .transactionsOfServer)

    private static let without = Lookup(
        QueryRecords.sessionsWithoutTimeout, by: ["setting"], around: "sort_desc(…)"
    ).text(
        "; most of them, {{ .Value | humanize }}, are of role {{ .Labels.usename }} in database {{ .Labels.datname }}")
}
