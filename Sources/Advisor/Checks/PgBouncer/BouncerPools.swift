import Observations

/// The pools of a PgBouncer with what bounds them and what they did over the watch. The console's own is left out.
struct BouncerPools {
    struct Pool {
        let row: PgBouncerPool
        /// `SHOW DATABASES` of it; nil when the database has gone since.
        let database: PgBouncerDatabase?
        /// Server connections without the reserve; nil for no limit.
        let size: Double?
        /// Whether the size is one of the user or of the database, and not default_pool_size.
        let sizeIsUsers: Bool
        let sizeIsDatabases: Bool
        /// What it may open beyond its size; 0 where the time-out is 0, for then it is never used.
        let reserve: Double
        let history: PoolHistory?

        /// `shop/web`
        var name: String { "\(row.database)/\(row.user)" }
        var mode: String { row.poolMode ?? "" }
        /// Whether clients keep a server connection for a transaction at most.
        var isShared: Bool { mode == "transaction" || mode == "statement" }
        var sizeWithReserve: Double? { size.map { $0 + reserve } }
        /// The share of the watch's samples in which clients waited.
        var waitingShare: Double {
            guard let history, history.samples > 0 else { return 0 }
            return Double(history.samplesWaiting) / Double(history.samples)
        }
    }

    let all: [Pool]

    /// - Throws: `MissingFact` when pools, databases or the configuration are not known.
    init(_ bouncer: BouncerFacts) throws(MissingFact) {
        let databases = Dictionary(
            try bouncer.databases.get().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let users = Dictionary(
            (bouncer.users.value ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let config = try bouncer.config.get()
        let histories = bouncer.history.value?.pools ?? []
        all = try bouncer.pools.get().filter { $0.database != "pgbouncer" }.map { row in
            let database = databases[row.database]
            let history = histories.first { $0.database == row.database && $0.user == row.user }
            return Self.pool(row, database, users[row.user], config, history)
        }
    }

    private static func pool(
        _ row: PgBouncerPool, _ database: PgBouncerDatabase?, _ user: PgBouncerUser?, _ config: PgBouncerSettings,
        _ history: PoolHistory?
    ) -> Pool {
        func set(_ number: Double?) -> Double? { number.flatMap { $0 >= 0 ? $0 : nil } }
        let usual = config.number("default_pool_size")
        let ofUser = set(user?.numbers["pool_size"])
        let ofDatabase = set(database?.numbers["pool_size"])
        let size = ofUser ?? ofDatabase ?? usual
        let hasReserve = config.number("reserve_pool_timeout") != 0
        return Pool(
            row: row, database: database, size: size.flatMap { $0 > 0 ? $0 : nil }, sizeIsUsers: ofUser != nil,
            sizeIsDatabases: ofUser == nil && ofDatabase != nil && ofDatabase != usual,
            reserve: hasReserve ? set(user?.numbers["reserve_pool_size"]) ?? database?.reserve ?? 0 : 0,
            history: history)
    }
}
