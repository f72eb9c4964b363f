/// The alerts, by the name that Prometheus gives them: the contract between rules, dashboards and runbooks.
///
/// An alert with two severities is two rules of one name; the critical one silences the other in Alertmanager.
package enum AlertName: String, CaseIterable, Sendable {
    // Pools: PgBouncer's, the server's slots and in-process pools alike, where the rule does not say otherwise.
    case poolExhausted = "PgPoolExhausted"
    case poolClientsWaiting = "PgPoolClientsWaiting"
    case poolWaitBudgetBurn = "PgPoolWaitBudgetBurn"
    case poolWaitNearTimeout = "PgPoolWaitNearTimeout"
    case poolSaturationHigh = "PgPoolSaturationHigh"
    case poolExhaustionForecast = "PgPoolExhaustionForecast"
    case poolReserveInUse = "PgPoolReserveInUse"
    case poolOversubscribed = "PgPoolOversubscribed"
    case slotsOnlyReservedLeft = "PgSlotsOnlyReservedLeft"
    case connectionLimitHigh = "PgConnectionLimitHigh"

    // PgBouncer itself.
    case bouncerClientSlotsHigh = "PgBouncerClientSlotsHigh"
    case bouncerDatabasePaused = "PgBouncerDatabasePaused"
    case bouncerDatabaseDisabled = "PgBouncerDatabaseDisabled"
    case bouncerServerLoginStuck = "PgBouncerServerLoginStuck"

    // How connections are used.
    case connectionLeak = "PgConnectionLeak"
    case connectionChurn = "PgConnectionChurn"
    case sessionsAbandoned = "PgSessionsAbandoned"
    case idleInTransaction = "PgIdleInTransaction"

    // Statements, transactions, locks.
    case slowQueries = "PgSlowQueries"
    case queryLatencyBudgetBurn = "PgQueryLatencyBudgetBurn"
    case longTransaction = "PgLongTransaction"
    case blockedSessions = "PgBlockedSessions"
    case deadlocks = "PgDeadlocks"
    case timeoutMissing = "PgTimeoutMissing"
    case activeSessionsAboveCores = "PgActiveSessionsAboveCores"

    // What is watched, and the watching itself.
    case targetDown = "PgTargetDown"
    case poolscopeDown = "PgPoolscopeDown"
    case dataStale = "PgDataStale"
    case collectorFailing = "PgCollectorFailing"
    case samplerOverrun = "PgSamplerOverrun"
    case seriesFolded = "PgSeriesFolded"
    case watchdog = "PgWatchdog"
}
