import Observations

/// The limits that hold for one pool (database and user) of PgBouncer, found as PgBouncer itself finds them.
///
/// A user's own pool size and reserve (1.23+, 1.24+) beat the database's, which `SHOW DATABASES` already gives with the
/// defaults put in. 0 means no limit.
struct BouncerPoolLimits: Equatable {
    /// Server connections that the pool may have without the reserve.
    let size: Double?
    /// Beyond that, for clients that have waited for `reserve_pool_timeout`.
    let reserve: Double
    /// Server connections of all pools of the database.
    let database: Double?
    /// Server connections of all pools of the user.
    let user: Double?

    /// - Parameters:
    ///   - database: Nil when its row is not known: then the pool has no known size.
    ///   - user: Nil before 1.23, or when its row is not known.
    init(database: PgBouncerDatabase?, user: PgBouncerUser?, config: PgBouncerSettings?) {
        func limit(_ number: Double?) -> Double? { number.flatMap { $0 > 0 ? $0 : nil } }
        func set(_ number: Double?) -> Double? { number.flatMap { $0 >= 0 ? $0 : nil } }
        let databaseSize = database.map { set($0.numbers["pool_size"]) ?? config?.number("default_pool_size") ?? 0 }
        size = limit(set(user?.numbers["pool_size"]) ?? databaseSize)
        // Without a time-out the reserve is never used.
        let hasReserve = config?.number("reserve_pool_timeout") != 0
        reserve = hasReserve ? set(user?.numbers["reserve_pool_size"]) ?? database?.reserve ?? 0 : 0
        self.database = limit(database?.numbers["max_connections"])
        self.user = limit(user?.numbers["max_user_connections"] ?? config?.number("max_user_connections"))
    }

    var sizeWithReserve: Double? { size.map { $0 + reserve } }

    /// The most server connections that the pool can ever have: the tightest of all; nil when there is none.
    var effectiveSize: Double? { [sizeWithReserve, database, user].compactMap { $0 }.min() }
}
