/// The alerts about pools and slots for those who keep postgres_exporter and pgbouncer_exporter: the same alerts with
/// the same runbooks, made of what these two publish.
package enum PeerRules {
    package static let file = RuleFile(
        path: "alerts/peers.yml",
        heading: """
            Poolscope's alerts about pools and slots, for postgres_exporter (0.11 and newer) and pgbouncer_exporter \
            (0.4.1 and newer) in place of Poolscope. Generated: `make generate`. Needs Prometheus 2.42 or newer \
            (keep_firing_for).

            Not beside poolscope.yml: every alert would come twice. What these exporters cannot tell: waits of less \
            than a second; limits that PgBouncer has for a user or for a database as a whole; query_wait_timeout; \
            and the server that is so full that it refuses the exporter, for which pg_up is 0. So there is no \
            PgPoolWaitNearTimeout, PgPoolWaitBudgetBurn and PgPoolOversubscribed here. One exporter watches one \
            server.

            Each alert has a unit test in tests/peers/ and a runbook in docs/runbooks/.
            """,
        groups: [records, pools, bouncer])

    private static let records = RuleGroup(
        "peers-pool-records", interval: PoolTiming.interval,
        recordingRules: [
            busy,
            open,
            poolSize,
            poolSizeWithReserve,
            saturation,
            usableSlots,
            slotSaturation,
        ])

    private static let pools = RuleGroup(
        "peers-pools", interval: PoolTiming.interval,
        alerts: [
            poolExhausted,
            poolClientsWaiting,
            poolSaturationHigh,
            slotsNearlyFull,
            poolExhaustionForecast,
            poolReserveInUse,
            slotsOnlyReservedLeft,
            connectionLimitHigh,
        ])

    private static let bouncer = RuleGroup(
        "peers-pgbouncer", interval: PoolTiming.interval,
        alerts: [
            clientSlotsHigh,
            clientSlotsCritical,
            databasePaused,
            databasePausedClientsWait,
            databaseDisabled,
            serverLoginStuck,
        ])
}
