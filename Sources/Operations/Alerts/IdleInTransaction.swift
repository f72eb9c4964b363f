import Practice

extension AlertRule {
    static let idleInTransaction = AlertRule(
        .idleInTransaction, .warning,
        comment: """
            A ticket. By age, not by number: a busy server always has sessions that are idle in a transaction for a \
            moment. It goes on for a while, since an application that does this once does it again.
            """,
        expression: "poolscope_oldest_idle_in_transaction_seconds > \(number(Thresholds.IdleInTransaction.warning))",
        for: "1m", keepFiringFor: "5m",
        summary: summary, description: description, dashboard: .transactions)

    static let idleInTransactionCritical = AlertRule(
        .idleInTransaction, .critical,
        comment: """
            A page: others wait for a lock behind a session that does nothing, whatever its age, or it is so old that \
            vacuum may have had nothing to remove in the whole database for as long.
            """,
        expression: """
            poolscope_oldest_idle_in_transaction_seconds > \(number(Thresholds.IdleInTransaction.critical))
            or
            sum without (application_name, client_address, client_application, state, usename) (
              poolscope_blocker_blocked_sessions{state=~"idle in transaction.*"}
            ) > 0
            """,
        for: "1m", keepFiringFor: "5m",
        summary: summary, description: description, dashboard: .transactions)

    private static let summary =
        "A transaction is open and idle in database {{ $labels.datname }} of {{ $labels.target }}"

    private static let description = """
        In database {{ $labels.datname }} on {{ $labels.target }}, a session is in a transaction and does nothing\
        \(oldestIdle).\(offender)\(behindIdle)
        """

    private static let oldestIdle = Lookup("poolscope_oldest_idle_in_transaction_seconds", by: ["datname"])
        .text(", the oldest for {{ .Value | humanizeDuration }}")

    private static let offender = Lookup(
        "poolscope_idle_in_transaction_offender_seconds", by: ["datname"], around: "sort_desc(…)"
    ).text(
        " The longest is {{ or .Labels.client_application `a session` }} at {{ or .Labels.client_address `a local socket` }}, as role {{ .Labels.usename }}."
    )

    private static let behindIdle = Lookup(
        "poolscope_blocker_blocked_sessions", by: ["datname"], where: [#"state=~"idle in transaction.*""#],
        around: "sum(…)"
    ).text(" {{ .Value | humanize }} sessions wait behind idle ones.", orElse: " Nobody is known to wait behind one.")
}
