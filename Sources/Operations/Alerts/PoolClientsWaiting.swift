import Practice

extension AlertRule {
    static let poolClientsWaiting = AlertRule(
        .poolClientsWaiting, .warning,
        comment: """
            A ticket: a queue that does not go away, before it is long enough for a page, whether the pool is full \
            or not. Queues that come and go are left to PgPoolWaitBudgetBurn.
            """,
        expression: """
            poolscope_pool_oldest_wait_seconds >= \(number(Thresholds.PoolWait.warning))
            and
            poolscope_pool_waiting_clients > 0
            """,
        for: "2m", keepFiringFor: "5m",
        summary: "Clients wait for pool {{ $labels.database }}/{{ $labels.user }} of {{ $labels.target }}",
        description: """
            \(AlertText.waitingClients("clients wait")) for a connection of the {{ $labels.pooler }} pool for \
            database {{ $labels.database }} and user {{ $labels.user }} on {{ $labels.target }}; the first has \
            waited for {{ $value | humanizeDuration }}.\
            \(AlertText.lookup(
                "poolscope_pool_saturation_ratio", sharing: AlertText.ofPool,
                " The pool is used at \(AlertText.value("humanizePercentage"))."))
            """,
        dashboard: .pool)
}
