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
        case .poolExhausted, .poolClientsWaiting: return .fires(pool)
        case .slotsOnlyReservedLeft: return .fires(["target": "small"])
        case .slowQueries, .blockedSessions: return .fires(shop)
        case .bouncerDatabasePaused: return .fires(["target": "main-pool", "database": "archive"])
        case .bouncerDatabaseDisabled: return .fires(["target": "main-pool", "database": "attic"])
        case .targetDown: return .fires(["target": "small"])
        case .connectionLimitHigh: return .fires(["target": "main", "user": "tenant"])
        case .poolWaitBudgetBurn, .queryLatencyBudgetBurn:
            return .unitTestsOnly("its windows of hours and days are what it is about")
        case .poolWaitNearTimeout: return .unitTestsOnly("half of query_wait_timeout is longer than the scenario")
        case .poolSaturationHigh, .poolReserveInUse, .poolOversubscribed:
            return .unitTestsOnly("the unit tests have the same series; the metrics are proved by the live tests")
        case .poolExhaustionForecast: return .unitTestsOnly("a forecast of hours")
        case .bouncerClientSlotsHigh: return .unitTestsOnly("a hundred clients more would slow the rest down")
        case .bouncerServerLoginStuck: return .unitTestsOnly("the server would have to hang while others need it")
        case .connectionLeak, .connectionChurn, .sessionsAbandoned:
            return .unitTestsOnly("what it asks for takes longer than the scenario; its panels have data")
        case .idleInTransaction, .longTransaction: return .unitTestsOnly("minutes and hours, not scaled: thresholds")
        case .deadlocks: return .unitTestsOnly("a count in a window, which scaled is too short")
        case .timeoutMissing: return .unitTestsOnly("a setting that lasts for an hour")
        case .activeSessionsAboveCores: return .unitTestsOnly("depends on how busy the machine is")
        case .poolscopeDown: return .unitTestsOnly("the others need the agent")
        case .dataStale, .collectorFailing, .samplerOverrun, .seriesFolded:
            return .unitTestsOnly("the agent would have to be broken")
        case .watchdog: return .unitTestsOnly("fires always")
        }
    }

    /// Alerts that are named and not in `alerts/` yet: taken off the list as they come, which a test demands.
    static let notYetShipped: Set<AlertName> = Set(allCases).subtracting([.poolExhausted, .slowQueries])

    /// Those whose firing the scenario waits for.
    static var proved: [AlertName] {
        allCases.filter { name in
            guard case .fires = name.liveProof else { return false }
            return ShippedFiles.alertNames.contains(name)
        }
    }
}
