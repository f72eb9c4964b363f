import Practice

extension AlertRule {
    static let poolWaitNearTimeout = AlertRule(
        .poolWaitNearTimeout, .critical,
        comment: """
            A page with little delay: PgBouncer is about to disconnect clients. A time-out of 0 is none, and never \
            met. The setting stands once for each PgBouncer, its pools are many.
            """,
        expression: """
            poolscope_pool_oldest_wait_seconds{pooler="pgbouncer"}
            > on (job, instance, target) group_left ()
            \(number(Thresholds.PoolWait.shareOfTimeout)) * (pgbouncer_config_query_wait_timeout_seconds > 0)
            """,
        for: "30s", keepFiringFor: "5m",
        summary: """
            PgBouncer {{ $labels.target }} is about to disconnect clients of pool {{ $labels.database }}/\
            {{ $labels.user }} that wait
            """,
        description: """
            The first client in the queue for database {{ $labels.database }} and user {{ $labels.user }} on \
            {{ $labels.target }} has waited for {{ $value | humanizeDuration }}.\
            \(AlertText.lookup(
                "pgbouncer_config_query_wait_timeout_seconds", sharing: AlertText.ofTarget,
                " PgBouncer disconnects it after \(AlertText.value("humanizeDuration")) (query_wait_timeout)."))\
            \(AlertText.lookup(
                "poolscope_pool_waiting_clients", sharing: AlertText.ofPool,
                " \(AlertText.value()) clients are in this queue."))
            """,
        dashboard: .pool)
}
