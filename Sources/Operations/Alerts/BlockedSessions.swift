import Practice

extension AlertRule {
    static let blockedSessions = AlertRule(
        .blockedSessions, .warning,
        comment: "A ticket: somebody waits for a lock, and for much longer than an ordinary transaction holds one.",
        expression: "poolscope_longest_block_seconds > \(number(Thresholds.Blocked.longestWarning))",
        for: "1m", keepFiringFor: "5m",
        summary: blockedSummary, description: blockedDescription, dashboard: .transactions)

    static let blockedSessionsCritical = AlertRule(
        .blockedSessions, .critical,
        comment: """
            A page: many wait, and the queue does not move. Many that wait for a moment each are a row that is much in \
            demand, and no reason to wake somebody.
            """,
        expression: """
            poolscope_blocked_sessions >= \(number(Thresholds.Blocked.sessionsCritical))
            and
            poolscope_longest_block_seconds >= \(number(Thresholds.Blocked.longestCritical))
            """,
        for: "1m", keepFiringFor: "5m",
        summary: blockedSummary, description: blockedDescription, dashboard: .transactions)

    private static let blockedSummary =
        "Sessions wait for locks in database {{ $labels.datname }} of {{ $labels.target }}"

    private static let blockedDescription = """
        In database {{ $labels.datname }} on {{ $labels.target }}, \(blockedNow)\(blockedLongest). \(rootBlocker)
        """

    private static let blockedNow = Lookup("poolscope_blocked_sessions", by: ["datname"])
        .text("{{ .Value | humanize }} sessions wait for a lock", orElse: "sessions wait for a lock")

    private static let blockedLongest = Lookup("poolscope_longest_block_seconds", by: ["datname"])
        .text(", the first for {{ .Value | humanizeDuration }}")

    private static let rootBlocker = Lookup(
        "poolscope_blocker_blocked_sessions", by: ["datname"], around: "sort_desc(…)"
    ).text(
        """
        Most of them, {{ .Value | humanize }}, wait behind {{ or .Labels.client_application `a session` }} at \
        {{ or .Labels.client_address `a local socket` }}, role {{ .Labels.usename }}, which is {{ .Labels.state }}.
        """,
        orElse: "Who blocks them is not known now.")
}
