import Practice

extension PeerRules {
    private static let server = "the server behind {{ $labels.instance }}"
    private static let ratio = slotSaturation.name
    private static let usable = AlertText.lookup(
        usableSlots.name, sharing: ["job", "instance"], " (\(AlertText.value()) connections)")

    static let slotsNearlyFull = AlertRule(
        .poolSaturationHigh, .critical,
        comment: "A page: the server has no queue, and refuses the first client beyond its last slot.",
        expression: "\(ratio) > \(number(Thresholds.Saturation.critical))",
        for: "2m", keepFiringFor: "5m",
        summary: "The slots of \(server): {{ $value | humanizePercentage }} in use, soon clients are refused",
        description: """
            Clients have {{ $value | humanizePercentage }} of the slots that are not reserved\(usable). When none is \
            left, PostgreSQL refuses new clients (“remaining connection slots are reserved”, 53300).
            """,
        dashboard: nil)

    static let slotsOnlyReservedLeft = AlertRule(
        .slotsOnlyReservedLeft, .critical,
        comment: """
            A page: PostgreSQL refuses everybody but superusers. Seen only while the exporter has a session or may \
            take a reserved slot; else its pg_up is 0.
            """,
        expression: "\(ratio) >= \(number(Thresholds.Saturation.full))",
        for: "1m", keepFiringFor: "5m",
        summary: "PostgreSQL behind {{ $labels.instance }} has no slot left for clients",
        description: """
            Every slot that is not reserved is taken\(usable): new clients are refused (“remaining connection slots \
            are reserved”, 53300). Superusers still get in.
            """,
        dashboard: nil)

    static let connectionLimitHigh = AlertRule(
        .connectionLimitHigh, .warning,
        comment: """
            A ticket: one tenant is about to be refused though there is room for others. A limit of -1 is none. The \
            limits are there from postgres_exporter 0.16 on.
            """,
        expression: """
            sum by (job, instance, rolname) (
              label_replace(pg_stat_activity_count{backend_type=~"client backend|"}, "rolname", "$1", "usename", "(.+)")
            )
            / on (job, instance, rolname)
            max by (job, instance, rolname) (pg_roles_connection_limit > 0)
            > \(number(Thresholds.ConnectionLimit.warning))
            or
            sum by (job, instance, datname) (pg_stat_activity_count{backend_type=~"client backend|"})
            / on (job, instance, datname)
            max by (job, instance, datname) (pg_database_connection_limit > 0)
            > \(number(Thresholds.ConnectionLimit.warning))
            """,
        for: "10m", keepFiringFor: "5m",
        summary: """
            {{ with $labels.rolname }}Role {{ . }}{{ else }}Database {{ $labels.datname }}{{ end }} of \(server) has \
            used {{ $value | humanizePercentage }} of its connection limit
            """,
        description: """
            Connections of {{ with $labels.rolname }}role {{ . }}{{ else }}database {{ $labels.datname }}{{ end }} \
            are {{ $value | humanizePercentage }} of their own limit. At 100% new ones are refused, however much \
            room there is for others.
            """,
        dashboard: nil)
}
