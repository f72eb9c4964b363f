import Observations

/// What is known of a PgBouncer. Each fact is there, or says why not.
package struct BouncerFacts: Sendable {
    package var version: Known<String> = .unread
    /// `SHOW CONFIG`.
    package var config: Known<PgBouncerSettings> = .unread
    package var pools: Known<[PgBouncerPool]> = .unread
    package var databases: Known<[PgBouncerDatabase]> = .unread
    /// `SHOW USERS`: names only before 1.23.
    package var users: Known<[PgBouncerUser]> = .unread
    /// `SHOW LISTS`, by name.
    package var lists: Known<[String: Double]> = .unread
    /// `SHOW STATE`; unknown before 1.19.
    package var state: Known<PgBouncerSettings> = .unread
    /// Clients in the last sample, those of the console left out.
    package var clients: Known<[PgBouncerClient]> = .unread
    /// Sessions of the admin console in the last sample, ours among them.
    package var console: Known<[PgBouncerClient]> = .unread
    /// Connections to servers in the last sample.
    package var servers: Known<[PgBouncerServer]> = .unread
    /// What `SHOW STATS_TOTALS` grew by over the watch, by database.
    package var traffic: Known<[BouncerTraffic]> = .unread
    /// What the pools did over the watch.
    package var history: Known<BouncerHistory> = .unread
    /// How much its pools are used: over the watch, or the last minutes where that has no end.
    package var load: Known<LoadMeasurement> = .unread

    package init() {}

    /// A setting of `SHOW CONFIG` as a number.
    /// - Throws: `MissingFact` when it was not read, this version has none, or it is no number.
    package func setting(_ key: String) throws(MissingFact) -> Double {
        let config = try config.get()
        guard let text = config.values[key] else { throw MissingFact("this PgBouncer has no setting “\(key)”") }
        guard let number = Double(text) else { throw MissingFact("the setting “\(key)” is no number: “\(text)”") }
        return number
    }

    /// A setting of `SHOW CONFIG` as it is written.
    package func word(_ key: String) throws(MissingFact) -> String {
        guard let text = try config.get().values[key] else {
            throw MissingFact("this PgBouncer has no setting “\(key)”")
        }
        return text
    }

    /// Whether the version is at least this one; nil when it is not known.
    package func isAtLeast(_ major: Int, _ minor: Int) -> Bool? {
        guard let words = version.value?.split(separator: " "),
            let number = words.first(where: { $0.first?.isNumber == true })
        else { return nil }
        let parts = number.split(separator: ".").map { Int($0) ?? 0 }
        guard let first = parts.first else { return nil }
        return (first, parts.count > 1 ? parts[1] : 0) >= (major, minor)
    }
}

/// What PgBouncer's counters of a database grew by.
package struct BouncerTraffic: Sendable, Equatable {
    package var database: String
    /// Between the two reads.
    package var seconds: Double
    /// By column of `SHOW STATS_TOTALS`: times are in microseconds.
    package var growth: [String: Double]

    package init(database: String, seconds: Double, growth: [String: Double]) {
        self.database = database
        self.seconds = seconds
        self.growth = growth
    }

    /// Nil when a counter fell between the reads (PgBouncer frees idle pools with their statistics), or no time passed.
    package init?(from earlier: PgBouncerTotals, to later: PgBouncerTotals, seconds: Double) {
        guard earlier.database == later.database, seconds > 0 else { return nil }
        let growth = later.numbers.reduce(into: [String: Double]()) { growth, entry in
            if let before = earlier.numbers[entry.key] { growth[entry.key] = entry.value - before }
        }
        guard growth.values.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(database: later.database, seconds: seconds, growth: growth)
    }
}

/// What the pools of a PgBouncer did over the watch.
package struct BouncerHistory: Sendable, Equatable {
    package var pools: [PoolHistory]
    /// How many samples it is made of.
    package var samples: Int
    package var seconds: Double
    /// Server connections that are to be closed and are still there, by database and user: how many in the last sample,
    /// and for how long the one of longest standing was seen so.
    package var closeNeeded: [CloseNeeded]

    package init(pools: [PoolHistory], samples: Int = 1, seconds: Double = 0, closeNeeded: [CloseNeeded] = []) {
        self.pools = pools
        self.samples = samples
        self.seconds = seconds
        self.closeNeeded = closeNeeded
    }
}

/// One pool over the watch.
package struct PoolHistory: Sendable, Equatable {
    package var database: String
    package var user: String
    package var samples = 0
    /// Samples in which clients waited, and among them those in which a server connection was idle.
    package var samplesWaiting = 0
    package var samplesWaitingWhileIdle = 0
    package var mostWaiting = 0.0
    /// Of `maxwait`, in seconds.
    package var longestWait = 0.0
    package var mostBusy = 0.0
    package var sumOfBusy = 0.0
    package var mostClients = 0.0

    package init(database: String, user: String) {
        self.database = database
        self.user = user
    }

    package var meanBusy: Double { samples > 0 ? sumOfBusy / Double(samples) : 0 }
}

/// Server connections that PgBouncer is to close as soon as they are free.
package struct CloseNeeded: Sendable, Equatable {
    package var database: String
    package var user: String
    package var count: Int
    package var longestSeconds: Double

    package init(database: String, user: String, count: Int, longestSeconds: Double) {
        self.database = database
        self.user = user
        self.count = count
        self.longestSeconds = longestSeconds
    }
}
