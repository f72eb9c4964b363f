import Observations

/// What the poolers of a cluster may ask of a server all together.
struct PoolDemand {
    /// The most server connections of one pooler's database: all its pools, as far as its own limits let them.
    struct Part: Equatable {
        var pooler: String
        var database: String
        var pools: Int
        var connections: Double
    }

    private(set) var parts: [Part] = []
    /// Pools without any limit.
    private(set) var unlimited: [String] = []

    var connections: Double { parts.reduce(0) { $0 + $1.connections } }

    /// - Throws: `MissingFact` when pools or databases of a pooler are not known.
    init(_ poolers: [String: BouncerFacts]) throws(MissingFact) {
        for (name, pooler) in poolers.sorted(by: { $0.key < $1.key }) {
            let pools = try pooler.pools.get().filter { $0.database != "pgbouncer" }
            for database in try pooler.databases.get() where database.name != "pgbouncer" {
                let own = pools.filter { $0.database == database.name }
                guard !own.isEmpty else { continue }
                add(own, of: database, pooler: pooler, named: name)
            }
        }
    }

    private mutating func add(
        _ pools: [PgBouncerPool], of database: PgBouncerDatabase, pooler: BouncerFacts, named name: String
    ) {
        let users = pooler.users.value ?? []
        let sizes = pools.map { pool in
            Self.size(database, users.first { $0.name == pool.user }, pooler.config.value)
        }
        let limit = database.numbers["max_connections"].flatMap { $0 > 0 ? $0 : nil }
        let sum = sizes.contains { $0 == nil } ? nil : sizes.compactMap(\.self).reduce(0, +)
        guard let most = [sum, limit].compactMap(\.self).min() else {
            unlimited.append("\(name)/\(database.name)")
            return
        }
        parts.append(Part(pooler: name, database: database.name, pools: pools.count, connections: most))
    }

    /// Pool size and reserve, a user's own before the database's; nil for no limit.
    private static func size(
        _ database: PgBouncerDatabase, _ user: PgBouncerUser?, _ config: PgBouncerSettings?
    ) -> Double? {
        let size = user?.numbers["pool_size"] ?? database.numbers["pool_size"] ?? config?.number("default_pool_size")
        guard let size, size > 0 else { return nil }
        // Without a time-out the reserve is never used.
        let hasReserve = config?.number("reserve_pool_timeout") != 0
        return size + (hasReserve ? user?.numbers["reserve_pool_size"] ?? database.reserve : 0)
    }
}
