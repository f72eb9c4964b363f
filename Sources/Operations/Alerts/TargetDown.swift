extension AlertRule {
    static let targetDown = AlertRule(
        .targetDown, .critical,
        comment: """
            A page: the server or the pooler cannot be used, or cannot be seen. The state is in the description and not \
            a label, so that one outage stays one alert while its state changes.
            """,
        expression: "poolscope_target_up == 0",
        for: "1m", keepFiringFor: "2m",
        summary: "{{ $labels.target }} cannot be read",
        description: """
            Poolscope at {{ $labels.instance }} cannot read {{ $labels.target }}\(state). Its other alerts are blind \
            until it can.
            """,
        dashboard: .poolscope)

    private static let state = Lookup("poolscope_target_state", around: "… == 1")
        .text(", whose state is {{ .Labels.state }}")
}
