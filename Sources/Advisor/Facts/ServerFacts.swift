import Observations

/// What is known of a PostgreSQL server. Each fact is there, or says why not.
package struct ServerFacts: Sendable {
    package var identity: Known<ServerIdentity> = .unread
    /// Numeric and boolean settings by name, in base units: seconds and bytes.
    package var settings: Known<[String: ServerSetting]> = .unread
    /// Settings that are words: `compute_query_id`, `ssl`, … by name. See `SettingWordsSource`.
    package var words: Known<[String: String]> = .unread
    package var roles: Known<[RoleLimit]> = .unread
    /// Names, limits and counters since the last reset.
    package var databases: Known<[DatabaseStatistics]> = .unread
    /// What ALTER ROLE and ALTER DATABASE set; `EffectiveTimeouts` says what holds for whom.
    package var timeouts: Known<TimeoutSettings> = .unread
    /// The client sessions by who they are, over the watch.
    package var sessions: Known<SessionSurvey> = .unread
    /// What the counters of `pg_stat_database` grew by over the watch, by database.
    package var traffic: Known<[DatabaseTraffic]> = .unread
    /// How much its connections are used: over the watch, or the last minutes where that has no end.
    package var load: Known<LoadMeasurement> = .unread
    /// Connections that leak: `poolscope_leaked_connections`. Known only after three half leak thresholds.
    package var leaks: Known<[LeakedConnections]> = .unread
    /// Which processes used state of their session during the watch. Read for `poolscope check` alone.
    package var sessionStates: Known<[SessionState]> = .unread
    /// Of the host, as configured; nil where the configuration does not say.
    package var cores: Int?
    package var spindles: Int?

    package init() {}

    /// A setting's value in base units.
    /// - Throws: `MissingFact` when settings were not read, or this version has no such setting.
    package func setting(_ name: String) throws(MissingFact) -> Double {
        guard let setting = try settings.get()[name] else { throw MissingFact("this server has no setting “\(name)”") }
        return setting.value
    }

    /// max_connections − superuser_reserved_connections − reserved_connections (PostgreSQL 16+).
    package func usableSlots() throws(MissingFact) -> Double {
        let reserved =
            try setting("superuser_reserved_connections") + (settings.get()["reserved_connections"]?.value ?? 0)
        return max(0, try setting("max_connections") - reserved)
    }
}

/// Connections of one application that it has opened and lost.
package struct LeakedConnections: Sendable, Equatable {
    package var database: String
    package var application: String
    package var count: Int

    package init(database: String, application: String, count: Int) {
        self.database = database
        self.application = application
        self.count = count
    }
}

/// What the counters of a database grew by.
package struct DatabaseTraffic: Sendable, Equatable {
    package var database: String
    /// Between the two reads.
    package var seconds: Double
    /// By column of `pg_stat_database`, in its units; absent where the version lacks it.
    package var growth: [String: Double]

    package init(database: String, seconds: Double, growth: [String: Double]) {
        self.database = database
        self.seconds = seconds
        self.growth = growth
    }

    /// Growth between two reads of one database; nil when the counters were reset between them, or no time passed.
    package init?(from earlier: DatabaseStatistics, to later: DatabaseStatistics, seconds: Double) {
        guard earlier.id == later.id, earlier.statsReset == later.statsReset, seconds > 0 else { return nil }
        let growth = later.numbers.reduce(into: [String: Double]()) { growth, entry in
            if let before = earlier.numbers[entry.key] { growth[entry.key] = entry.value - before }
        }
        // numbackends is no counter.
        guard growth.allSatisfy({ $0.key == "numbackends" || $0.value >= 0 }) else { return nil }
        self.init(database: later.name, seconds: seconds, growth: growth.filter { $0.key != "numbackends" })
    }

    /// Transactions that ended, committed or not.
    package var transactions: Double { (growth["xact_commit"] ?? 0) + (growth["xact_rollback"] ?? 0) }
}

extension Known {
    /// Not read at all, as in an agent that has just begun.
    package static var unread: Self { .unknown(why: "it has not been read yet") }
}
