import Practice

extension PeerRules {
    static let wait = "pgbouncer_pools_client_maxwait_seconds{database!=\"pgbouncer\"}"
    static let waiting = "pgbouncer_pools_client_waiting_connections"
    private static let onPool = "on (job, instance, database, user)"
    static let pool = "pool {{ $labels.database }}/{{ $labels.user }} on {{ $labels.instance }}"

    private static func waitingClients(_ text: String) -> String {
        AlertText.lookup(
            waiting, sharing: ["job", "instance", "database", "user"], "\(AlertText.value()) \(text)")
    }

    static let poolExhausted = AlertRule(
        .poolExhausted, .critical,
        comment: "A page: clients are waiting now, and have been for a minute.",
        expression: """
            \(wait) >= \(number(Thresholds.PoolWait.critical))
            and \(onPool)
            \(saturation.name) >= \(number(Thresholds.Saturation.full))
            and \(onPool)
            \(waiting) > 0
            """,
        for: "1m", keepFiringFor: "5m",
        summary: "PgBouncer's \(pool) is exhausted and clients wait",
        description: """
            Every connection of the \(pool) is lent out, \(waitingClients("clients wait for one,")) and the first in \
            the queue has waited for {{ $value | humanizeDuration }}.
            """,
        dashboard: nil)

    static let poolClientsWaiting = AlertRule(
        .poolClientsWaiting, .warning,
        comment: "A ticket: a queue that does not go away, before it is long enough for a page.",
        expression: """
            \(wait) >= \(number(Thresholds.PoolWait.warning))
            and \(onPool)
            \(waiting) > 0
            """,
        for: "2m", keepFiringFor: "5m",
        summary: "Clients wait for PgBouncer's \(pool)",
        description: """
            \(waitingClients("clients wait")) for a connection of the \(pool); the first has waited for \
            {{ $value | humanizeDuration }}.
            """,
        dashboard: nil)

    /// What to call a pool of PgBouncer, or a server's slots.
    private static let either = """
        {{ if $labels.database }}PgBouncer's \(pool){{ else }}The slots of the server behind \
        {{ $labels.instance }}{{ end }}
        """

    private static func mean(_ ratio: String) -> String {
        """
        avg_over_time(\(ratio)[10m]) > \(number(Thresholds.Saturation.warning))
        and
        \(ratio)
        """
    }

    static let poolSaturationHigh = AlertRule(
        .poolSaturationHigh, .warning,
        comment: """
            A ticket: there is so little room left that the next burst makes a queue, or is refused by the server. A \
            mean, since a pool may well be full for moments, and only of what is still there.
            """,
        expression: """
            \(mean(saturation.name))
            or
            \(mean(slotSaturation.name))
            """,
        for: "5m", keepFiringFor: "10m",
        summary: "\(either): {{ $value | humanizePercentage }} in use",
        description: """
            \(either): over the last 10m {{ $value | humanizePercentage }} of the connections were in use on \
            average; worth a look from \(AlertText.percent(Thresholds.Saturation.warning)) on.
            """,
        dashboard: nil)

    private static func forecast(_ ratio: String) -> String {
        """
        \(ratio) > \(number(Thresholds.Saturation.forecastFrom)) < \(number(Thresholds.Saturation.full))
        and
        predict_linear(\(ratio)[1h], \(number(Thresholds.Exhaustion.warning))) > \(number(Thresholds.Saturation.full))
        and
        deriv(\(ratio)[15m]) > 0
        """
    }

    static let poolExhaustionForecast = AlertRule(
        .poolExhaustionForecast, .warning,
        comment: """
            A ticket: by the trend of the last hour the pool is full within \
            \(AlertText.duration(Thresholds.Exhaustion.warning)), and it still grows.
            """,
        expression: """
            \(forecast(saturation.name))
            or
            \(forecast(slotSaturation.name))
            """,
        for: "15m", keepFiringFor: "10m",
        summary: "\(either): full within \(AlertText.duration(Thresholds.Exhaustion.warning)) if use goes on growing",
        description: """
            \(either): by the trend of the last hour all connections are in use within \
            \(AlertText.duration(Thresholds.Exhaustion.warning)). Now {{ $value | humanizePercentage }} are.
            """,
        dashboard: nil)

    static let poolReserveInUse = AlertRule(
        .poolReserveInUse, .warning,
        comment: """
            A ticket: the reserve is for bursts, and this one has lasted. Not meant: a pool without a reserve, above \
            a size that was just made smaller.
            """,
        expression: """
            \(busy.name)
            > on (job, instance, database) group_left ()
            (
                \(poolSize.name)
              < on (job, instance, database)
                \(poolSizeWithReserve.name)
            )
            """,
        for: "5m", keepFiringFor: "5m",
        summary: "PgBouncer's \(pool) lives on its reserve",
        description: """
            The \(pool) lends out {{ $value | humanize }} connections\
            \(AlertText.lookup(
                poolSize.name, sharing: ["job", "instance", "database"], ", its pool_size is \(AlertText.value())")). \
            A client gets a connection of the reserve only after it has waited for reserve_pool_timeout.
            """,
        dashboard: nil)
}
