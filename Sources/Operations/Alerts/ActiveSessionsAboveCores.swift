import Practice

extension AlertRule {
    static let activeSessionsAboveCores = AlertRule(
        .activeSessionsAboveCores, .warning,
        comment: """
            A ticket: more statements are under way than the server has cores, so some of them wait. For what, the \
            description says. Only for targets whose configuration says how many cores they have.
            """,
        expression: """
            \(perCore) > \(number(Thresholds.ActiveSessions.perCoreWarning))
            """,
        for: "15m",
        summary: activeSummary, description: activeDescription, dashboard: .activity)

    static let activeSessionsAboveCoresCritical = AlertRule(
        .activeSessionsAboveCores, .critical,
        comment: """
            A page: the same, worse, and the users feel it: in one of the databases at least, statements miss the \
            latency objective by far.
            """,
        expression: """
            \(perCore) > \(number(Thresholds.ActiveSessions.perCoreCritical))
            and on (job, instance, target)
            \(QueryRecords.share(over: "5m")) > \(QueryRecords.bound(burning: Thresholds.Burn.fast))
            """,
        for: "5m", keepFiringFor: "5m",
        summary: activeSummary, description: activeDescription, dashboard: .activity)

    private static let perCore =
        "\(QueryRecords.activeSessions) / on (job, instance, target) group_left () poolscope_server_cores"

    private static let activeSummary = "{{ $labels.target }} has more active sessions than cores"

    private static let activeDescription = """
        {{ $labels.target }} has had {{ $value | printf "%.1f" }} active sessions for each of its\(cores) cores over \
        the last 10 minutes.\(waitClass)
        """

    private static let cores = Lookup("poolscope_server_cores").text(" {{ .Value | humanize }}")

    /// An empty wait event type is a session on the CPU.
    private static let waitClass = Lookup(
        "poolscope_session_seconds_total", where: [#"state="active""#],
        around: "sort_desc(sum by (wait_event_type) (rate(…[10m])) > 0)"
    ).text(
        """
         Most of them, {{ .Value | printf `%.1f` }}, {{ with .Labels.wait_event_type }}wait for {{ . }}\
        {{ else }}are on the CPU or wait for it{{ end }}.
        """)
}
