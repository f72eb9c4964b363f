/// One row of PgBouncer's `SHOW POOLS`: numbers by column name; those that the version lacks are absent.
package struct PgBouncerPool: Sendable, Equatable {
    package var database: String
    package var user: String
    package var poolMode: String?
    package var numbers: [String: Double]

    package init(database: String, user: String, poolMode: String?, numbers: [String: Double]) {
        self.database = database
        self.user = user
        self.poolMode = poolMode
        self.numbers = numbers
    }

    /// Server connections that are lent to a client or on the way to one: not idle, not used.
    package var busy: Double {
        ["sv_active", "sv_active_cancel", "sv_being_canceled", "sv_tested", "sv_login"]
            .reduce(0) { $0 + (numbers[$1] ?? 0) }
    }

    /// Clients in the queue.
    package var waiting: Double { numbers["cl_waiting"] ?? 0 }

    /// How long the first of the queue has waited, in seconds, microseconds included.
    package var oldestWait: Double { (numbers["maxwait"] ?? 0) + (numbers["maxwait_us"] ?? 0) / 1_000_000 }
}

/// One row of `SHOW DATABASES`.
package struct PgBouncerDatabase: Sendable, Equatable {
    /// The name that clients connect to: `SHOW POOLS` calls it `database`.
    package var name: String
    package var host: String
    package var port: String
    /// The database on the server.
    package var database: String
    package var forceUser: String
    package var poolMode: String
    package var numbers: [String: Double]

    package init(
        name: String, host: String, port: String, database: String, forceUser: String, poolMode: String,
        numbers: [String: Double]
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.database = database
        self.forceUser = forceUser
        self.poolMode = poolMode
        self.numbers = numbers
    }

    /// Connections that a pool of this database may open beyond its size; the column was renamed in 1.24.
    package var reserve: Double { numbers["reserve_pool_size"] ?? numbers["reserve_pool"] ?? 0 }
}

/// One row of `SHOW STATS_TOTALS`.
package struct PgBouncerTotals: Sendable, Equatable {
    package var database: String
    package var numbers: [String: Double]

    package init(database: String, numbers: [String: Double]) {
        self.database = database
        self.numbers = numbers
    }
}

/// A name with a number: `SHOW LISTS`.
package struct PgBouncerList: Sendable, Equatable {
    package var name: String
    package var value: Double

    package init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// Keys with values: `SHOW CONFIG` and `SHOW STATE`.
package struct PgBouncerSettings: Sendable, Equatable {
    package var values: [String: String]

    package init(values: [String: String]) {
        self.values = values
    }

    package func number(_ key: String) -> Double? { values[key].flatMap { Double($0) } }
}
