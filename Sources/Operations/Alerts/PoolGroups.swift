extension RuleGroup {
    /// What the alerts below are made of. Levels: a `pool` is (job, instance, target, pooler, database, user), a
    /// `database` one of PgBouncer's (job, instance, target, database).
    static let poolRecords = RuleGroup(
        "poolscope-pool-records", interval: PoolTiming.interval,
        recordingRules: [
            .poolWaitBad,
            .poolWaitBad(over: .fiveMinutes),
            .poolWaitBad(over: .halfHour),
            .poolWaitBad(over: .hour),
            .databasePaused,
        ])

    /// Those that read much or change seldom. Levels: a `backend` is what PgBouncer databases of a cluster lead to
    /// (job, cluster, backend), a `cluster` (job, cluster).
    static let slowPoolRecords = RuleGroup(
        "poolscope-pool-records-slow", interval: "2m",
        recordingRules: [
            .poolWaitBad(over: .sixHours),
            .poolWaitBad(over: .threeDays),
            .databasePoolSizes,
            .databaseBackend,
            .backendPoolSizes,
            .clusterSlots,
            .clusterServers,
        ])

    /// Whether clients get a connection: PgBouncer's pools, the server's slots and in-process pools.
    static let pools = RuleGroup(
        "poolscope-pools", interval: PoolTiming.interval,
        alerts: [
            .poolExhausted,
            .poolClientsWaiting,
            .poolWaitBudgetBurnFast,
            .poolWaitBudgetBurnSlow,
            .poolWaitNearTimeout,
            .poolSaturationHigh,
            .slotsNearlyFull,
            .poolExhaustionForecast,
            .poolReserveInUse,
            .poolOversubscribed,
            .slotsOnlyReservedLeft,
            .connectionLimitHigh,
        ])

    /// PgBouncer itself.
    static let bouncer = RuleGroup(
        "poolscope-pgbouncer", interval: PoolTiming.interval,
        alerts: [
            .bouncerClientSlotsHigh,
            .bouncerClientSlotsCritical,
            .bouncerDatabasePaused,
            .bouncerDatabasePausedClientsWait,
            .bouncerDatabaseDisabled,
            .bouncerServerLoginStuck,
        ])
}

/// How often the rules about pools are evaluated.
enum PoolTiming {
    /// Half of Prometheus' default, so that an alert that waits for a minute has looked more than twice.
    static let interval = "\(seconds)s"
    static let seconds = 30
}
