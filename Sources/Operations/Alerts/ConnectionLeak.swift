import Practice

extension AlertRule {
    static let connectionLeak = AlertRule(
        .connectionLeak, .warning,
        comment: """
            A ticket: there is time, and PgPoolExhaustionForecast says how much. The agent has done the telling apart: \
            it counts idle connections only while their least number keeps rising, in two steps at least, so that a \
            pool that breathes or was made larger is 0. One that is lost and found again is no leak: hence the least \
            number and the ten minutes. It goes on while a slow leak pauses between two steps.
            """,
        expression: "poolscope_leaked_connections >= \(number(Thresholds.Leak.connections))",
        for: "10m", keepFiringFor: "15m",
        summary:
            "\(leaking) leaks connections to database {{ $labels.datname }} of {{ $labels.target }}",
        description: """
            {{ $value | humanize }} connections of \(leaking) to database \
            {{ $labels.datname }} on {{ $labels.target }} have been idle for longer than leak_threshold, and their \
            number keeps rising: they are opened and not given back.\(freeSlots)
            """,
        dashboard: .slotsOfDatabase)

    private static let leaking =
        "{{ if $labels.application_name }}application {{ $labels.application_name }}{{ else }}an application without a name{{ end }}"

    private static let freeSlots = Lookup(
        "poolscope_pool_connections", where: [#"pooler="server""#, #"state="free""#]
    ).text(" The server has {{ .Value | humanize }} slots left.")
}
