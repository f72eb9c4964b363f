import Operations

/// Whether the scenario makes an alert fire, from the trouble through Prometheus and Alertmanager to a receiver.
enum LiveProof: Equatable {
    /// It fires with at least these labels in one of its severities, is told of, and is told of again when it is over.
    case fires([String: String])
    /// It does not; the unit tests of `alerts/tests` are what it has.
    case unitTestsOnly(String)
}

extension AlertName {
    /// No `default`: who adds an alert decides.
    var liveProof: LiveProof {
        let pool = ["target": "main-pool", "pooler": "pgbouncer", "database": "shop", "user": "web"]
        let shop = ["target": "main", "datname": "shop"]
        switch self {
        case .poolExhausted, .poolReserveInUse, .poolWaitNearTimeout: return .fires(pool)
        // The slow pair of windows goes on for minutes, scaled as it is.
        case .poolWaitBudgetBurn: return .fires(pool.merging(["severity": "critical"]) { $1 })
        case .poolClientsWaiting, .poolSaturationHigh:
            return .unitTestsOnly("PgPoolExhausted and PgSlotsOnlyReservedLeft silence them, here as elsewhere")
        case .slotsOnlyReservedLeft: return .fires(["target": "small"])
        case .slowQueries, .blockedSessions, .deadlocks, .connectionLeak: return .fires(shop)
        case .activeSessionsAboveCores: return .fires(["target": "main"])
        case .bouncerDatabasePaused: return .fires(["target": "main-pool", "database": "archive"])
        case .bouncerDatabaseDisabled: return .fires(["target": "main-pool", "database": "attic"])
        case .targetDown: return .fires(["target": "small"])
        case .connectionLimitHigh: return .fires(["target": "main", "user": "tenant"])
        case .queryLatencyBudgetBurn:
            return .unitTestsOnly("a share of statements in windows that scaled hold too few of them")
        case .poolOversubscribed: return .unitTestsOnly("a configuration that would have to be wrong all the time")
        case .poolExhaustionForecast: return .unitTestsOnly("a forecast of hours")
        case .bouncerClientSlotsHigh: return .unitTestsOnly("a hundred clients more would slow the rest down")
        case .bouncerServerLoginStuck: return .unitTestsOnly("the server would have to hang while others need it")
        case .connectionChurn, .sessionsAbandoned:
            return .unitTestsOnly("a share among the sessions of the other troubles, which differs from run to run")
        case .idleInTransaction, .longTransaction: return .unitTestsOnly("minutes and hours, not scaled: thresholds")
        case .timeoutMissing: return .unitTestsOnly("a setting that lasts for an hour")
        case .poolscopeDown: return .unitTestsOnly("the others need the agent")
        case .dataStale, .collectorFailing, .samplerOverrun, .seriesFolded:
            return .unitTestsOnly("the agent would have to be broken")
        case .watchdog: return .unitTestsOnly("fires always")
        }
    }

    /// Alerts that are named and not in `alerts/` yet: taken off the list as they come, which a test demands.
    static let notYetShipped: Set<AlertName> = []

    /// Those whose firing the scenario waits for.
    static var proved: [AlertName] {
        allCases.filter { name in
            guard case .fires = name.liveProof else { return false }
            return ShippedFiles.alertNames.contains(name)
        }
    }
}
