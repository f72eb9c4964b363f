import Practice

extension AlertRule {
    private static func share(_ threshold: Double) -> String {
        "poolscope_pool_limit_ratio{pooler=\"pgbouncer\", limit=\"client_slots\"} > \(number(threshold))"
    }

    private static let counts = """
        \(AlertText.lookup(
            "pgbouncer_used_clients", sharing: AlertText.ofTarget, " \(AlertText.value()) clients are connected."))\
        \(AlertText.lookup(
            "pgbouncer_config_max_client_connections", sharing: AlertText.ofTarget,
            " max_client_conn is \(AlertText.value())."))
        """

    static let bouncerClientSlotsHigh = AlertRule(
        .bouncerClientSlotsHigh, .warning,
        comment: "A ticket: the next deployment or burst may find no room.",
        expression: share(Thresholds.ClientSlots.warning),
        for: "10m", keepFiringFor: "5m",
        summary: "PgBouncer {{ $labels.target }} has used {{ $value | humanizePercentage }} of its client connections",
        description: """
            {{ $value | humanizePercentage }} of the clients that PgBouncer {{ $labels.target }} accepts are \
            there.\(counts)
            """,
        dashboard: .bouncer)

    static let bouncerClientSlotsCritical = AlertRule(
        .bouncerClientSlotsHigh, .critical,
        comment: """
            A page before the limit itself: those that log in at the same moment count, too, so that clients were \
            seen to be refused from nine tenths on.
            """,
        expression: share(Thresholds.ClientSlots.critical),
        for: "2m", keepFiringFor: "5m",
        summary: """
            PgBouncer {{ $labels.target }} is about to refuse clients: {{ $value | humanizePercentage }} of its \
            client connections are used
            """,
        description: """
            {{ $value | humanizePercentage }} of the clients that PgBouncer {{ $labels.target }} accepts are \
            there; beyond that it refuses all (“no more connections allowed”), for whatever database.\(counts)
            """,
        dashboard: .bouncer)
}
