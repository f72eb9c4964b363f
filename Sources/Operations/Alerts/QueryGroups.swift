extension RuleGroup {
    /// Recorded for the alerts below, and for dashboards. Levels: a `target` is (job, instance, target), a `datname` one
    /// of its databases, a `datname_usename` a role in it.
    static let queryRecords = RuleGroup(
        "poolscope-query-records",
        interval: PoolTiming.interval,
        recordingRules: [
            QueryRecords.activity,
            QueryRecords.lostSessions,
            QueryRecords.slowShare(over: "5m", comment: QueryRecords.slowShareComment),
            QueryRecords.slowShare(over: "30m"),
            QueryRecords.slowShare(over: "1h"),
        ])

    /// What changes slowly, or takes long to compute.
    static let slowQueryRecords = RuleGroup(
        "poolscope-query-records-slow",
        interval: "2m",
        recordingRules: [
            QueryRecords.slowShare(over: "6h"),
            QueryRecords.slowShare(over: "3d"),
            QueryRecords.withoutTimeout,
        ])

    /// How connections are used.
    static let connections = RuleGroup(
        "poolscope-connections",
        alerts: [
            .connectionLeak,
            .connectionChurn,
            .sessionsAbandoned,
            .idleInTransaction,
            .idleInTransactionCritical,
        ])

    /// Statements, transactions and locks.
    static let queries = RuleGroup(
        "poolscope-queries",
        alerts: [
            .slowQueries,
            .queryLatencyBudgetBurn,
            .queryLatencyBudgetBurnSlow,
            .longTransaction,
            .longTransactionCritical,
            .blockedSessions,
            .blockedSessionsCritical,
            .deadlocks,
            .timeoutMissing,
            .activeSessionsAboveCores,
            .activeSessionsAboveCoresCritical,
        ])

    /// What is watched, and the watching itself.
    static let watching = RuleGroup(
        "poolscope-watching",
        alerts: [
            .targetDown,
            .poolscopeDown,
            .poolscopeDownCritical,
            .dataStale,
            .collectorFailing,
            .samplerOverrun,
            .seriesFolded,
            .watchdog,
        ])
}
