import Practice

extension AlertRule {
    static let longTransaction = AlertRule(
        .longTransaction, .warning,
        comment: """
            A ticket. Client backends only: replication and base backups are none, autovacuum is none, and Poolscope's \
            own session is left out. A dump is a client, and long by nature: see the runbook.
            """,
        expression: "poolscope_oldest_transaction_seconds > \(number(Thresholds.Transaction.warning))",
        for: "1m",
        summary: longTransactionSummary, description: longTransactionDescription, dashboard: .transactions)

    static let longTransactionCritical = AlertRule(
        .longTransaction, .critical,
        comment: """
            A page: by now dead rows pile up in every table of the server, and whatever locks it has taken it holds.
            """,
        expression: "poolscope_oldest_transaction_seconds > \(number(Thresholds.Transaction.critical))",
        for: "1m",
        summary: longTransactionSummary, description: longTransactionDescription, dashboard: .transactions)

    private static let longTransactionSummary =
        "A transaction in database {{ $labels.datname }} of {{ $labels.target }} has been open for {{ $value | humanizeDuration }}"

    private static let longTransactionDescription = """
        In database {{ $labels.datname }} on {{ $labels.target }}, the oldest transaction of a client began \
        {{ $value | humanizeDuration }} ago. \(longestStatement) \(longestIdle)
        """

    private static let longestStatement = Lookup("poolscope_oldest_query_seconds", by: ["datname"], around: "… > 0")
        .text(
            "The oldest statement there has been running for {{ .Value | humanizeDuration }}.",
            orElse: "No statement runs there.")

    private static let longestIdle = Lookup(
        "poolscope_oldest_idle_in_transaction_seconds", by: ["datname"], around: "… > 0"
    ).text(
        "The oldest session that is idle in a transaction has been so for {{ .Value | humanizeDuration }}.",
        orElse: "No session is idle in a transaction.")
}
