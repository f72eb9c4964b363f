import Practice

extension AlertRule {
    static let poolExhausted = AlertRule(
        .poolExhausted, .critical,
        comment: """
            A page: clients are waiting now, and have been for a minute. The three families carry the same labels, so \
            that each pool is compared with itself only. The wait comes first, to be the value of the alert.
            """,
        expression: """
            poolscope_pool_oldest_wait_seconds >= \(number(Thresholds.PoolWait.critical))
            and
            poolscope_pool_saturation_ratio >= \(number(Thresholds.Saturation.full))
            and
            poolscope_pool_waiting_clients > 0
            """,
        for: "1m", keepFiringFor: "5m",
        summary: "Pool {{ $labels.database }}/{{ $labels.user }} of {{ $labels.target }} is exhausted and clients wait",
        description: """
            Every connection of the {{ $labels.pooler }} pool for database {{ $labels.database }} and user \
            {{ $labels.user }} on {{ $labels.target }} is lent out, \
            \(AlertText.waitingClients("clients wait for one,")) \
            and the first in the queue has waited for {{ $value | humanizeDuration }}.
            """,
        dashboard: .pool)
}

extension AlertText {
    /// How many clients wait for the alert's pool, and what of them.
    static func waitingClients(_ text: String) -> String {
        lookup("poolscope_pool_waiting_clients", sharing: ofPool, "\(value()) \(text)")
    }
}
