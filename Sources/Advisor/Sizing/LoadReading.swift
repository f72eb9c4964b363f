import Observations

/// One look at the counters of a pooler or a server.
package struct LoadReading: Sendable, Equatable {
    /// Totals of one database since some beginning.
    package struct Counters: Sendable, Equatable {
        /// Transactions (or whatever holds a connection: statements, sessions); nil where nobody counts them.
        var arrivals: Double?
        /// Seconds in which connections were held; nil where only samples say so.
        var held: Double?
        /// Of these, seconds in which the server was at work.
        var working: Double?
        /// Never falls while the counters go on: where it does, they have begun anew.
        var progress: Double

        static let zero = Counters(arrivals: 0, held: 0, working: 0, progress: 0)
    }

    /// A pool at the moment of the look.
    package struct Pool: Sendable, Equatable {
        /// Connections that are held.
        var inUse: Double
        /// Clients without one.
        var waiting: Double
    }

    /// What holds a connection.
    package enum Holder: String, Sendable, Codable {
        case transaction, statement, session
    }

    /// Seconds by a clock that never steps.
    package let time: Double
    package let databases: [String: Counters]
    /// Empty where the look did not show what is in use.
    package let pools: [PoolKey: Pool]
    /// By database, for those where it is not the transaction.
    package let holders: [String: Holder]
}

extension LoadReading {
    /// A look at PgBouncer: `SHOW STATS_TOTALS` and `SHOW POOLS`.
    ///
    /// Its xact_time and query_time begin when the client asks, before it has a server: the wait is taken off.
    package init(time: Double, totals: [PgBouncerTotals], pools rows: [PgBouncerPool]) {
        let rows = rows.filter { $0.database != "pgbouncer" }
        var holders: [String: Holder] = [:]
        for row in rows {
            switch row.poolMode {
            case "session": holders[row.database] = .session
            case "statement" where holders[row.database] == nil: holders[row.database] = .statement
            default: break
            }
        }
        var databases: [String: Counters] = [:]
        for total in totals where total.database != "pgbouncer" {
            databases[total.database] = Counters(total.numbers, holder: holders[total.database] ?? .transaction)
        }
        self.time = time
        self.databases = databases
        self.holders = holders
        pools = Dictionary(
            rows.map {
                (PoolKey(database: $0.database, user: $0.user), Pool(inUse: Self.sane($0.busy), waiting: $0.waiting))
            }
        ) { first, _ in first }
    }

    /// A look at a server: `pg_stat_database`, and the sessions of each database that are not idle, if they can be seen.
    ///
    /// Times are there since PostgreSQL 14. What holds a connection is the transaction, as behind a transaction pooler.
    package init(time: Double, databases rows: [DatabaseStatistics], inUse: [String: Int]?) {
        self.time = time
        holders = [:]
        databases = Dictionary(
            rows.map { row in
                let active = row.numbers["active_time"].map { $0 / 1_000 }
                let idle = row.numbers["idle_in_transaction_time"].map { $0 / 1_000 }
                let held = active.flatMap { active in idle.map { active + $0 } }
                let ended = (row.numbers["xact_commit"] ?? 0) + (row.numbers["xact_rollback"] ?? 0)
                return (row.name, Counters(arrivals: ended, held: held, working: active, progress: ended))
            }
        ) { first, _ in first }
        pools = Dictionary(
            (inUse ?? [:]).map { (PoolKey(database: $0), Pool(inUse: Double($1), waiting: 0)) }
        ) { first, _ in first }
    }

    /// A number of connections, whatever the console says.
    private static func sane(_ number: Double) -> Double { number.isFinite ? min(max(0, number), 1e9) : 0 }

    /// The same without the databases that are not asked for.
    package func only(_ database: String) -> LoadReading {
        LoadReading(
            time: time, databases: databases.filter { $0.key == database },
            pools: pools.filter { $0.key.database == database }, holders: holders)
    }
}

extension LoadReading.Counters {
    /// PgBouncer's times are in microseconds.
    fileprivate init(_ numbers: [String: Double], holder: LoadReading.Holder) {
        // A wait is added when it ends and the time when the transaction does: between two looks this may fall.
        func seconds(_ column: String) -> Double? {
            guard let time = numbers[column], let wait = numbers["wait_time"] else { return nil }
            return (time - wait) / 1_000_000
        }
        progress = numbers["query_count"] ?? 0
        working = seconds("query_time")
        switch holder {
        case .transaction: (arrivals, held) = (numbers["xact_count"], seconds("xact_time"))
        case .statement: (arrivals, held) = (numbers["query_count"], working)
        // How long sessions have held their servers nobody adds up, and before 1.23 nobody counts them.
        case .session: (arrivals, held) = (numbers["server_assignment_count"], nil)
        }
    }
}
