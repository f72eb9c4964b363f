extension AlertRule {
    static let watchdog = AlertRule(
        .watchdog, .none,
        comment: """
            Always fires, so that somebody notices when it does not arrive: Prometheus, Alertmanager or the way between \
            them is broken then. Lead it to a dead man's switch.
            """,
        expression: "vector(1)",
        for: "0s",
        summary: "The way from Prometheus to here works",
        description: """
            This alert always fires. When it stops to arrive, Prometheus does not evaluate rules, or Alertmanager does \
            not deliver: no other alert would arrive, either.
            """,
        dashboard: .poolscopeOfAll)
}
