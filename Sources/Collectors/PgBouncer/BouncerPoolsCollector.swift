import Exposition
import Observations

/// PgBouncer's pools in the vocabulary that all pools share.
package struct BouncerPoolsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = PoolFamilies.all + [FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [
        BouncerPoolsSource.self, BouncerDatabasesSource.self, BouncerConfigSource.self, BouncerUsersSource.self,
    ]

    /// PgBouncer's own admin database has a row in SHOW POOLS, but no server connections.
    private static let adminDatabase = "pgbouncer"

    private struct Pool {
        let labels: Labels
        let row: PgBouncerPool
        /// Nil when the configuration sets no limit.
        let size: Double?
        /// The used share of the tightest limit; nil without any.
        let saturation: Double?
    }

    private var pools: [Pool] = []
    private var saturations = HistogramVector(PoolFamilies.saturationSampled)

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        pools = []
        guard let rows = facts[BouncerPoolsSource.self] else { return }
        let databases = facts[BouncerDatabasesSource.self] ?? []
        let config = facts[BouncerConfigSource.self]
        let users = Dictionary((facts[BouncerUsersSource.self] ?? []).map { ($0.name, $0) }) { first, _ in first }
        let lent = rows.filter { $0.database != Self.adminDatabase }
        for row in lent {
            let database = databases.first { $0.name == row.database }
            let labels = PoolFamilies.labels(pooler: "pgbouncer", database: row.database, user: row.user)
            let size = database.flatMap { Self.effectiveSize(of: $0, user: users[row.user], config: config) }
            let saturation = Self.saturation(
                of: row, size: size, database: database, user: users[row.user], config: config, among: lent)
            pools.append(Pool(labels: labels, row: row, size: size, saturation: saturation))
        }
        guard facts.fresh(BouncerPoolsSource.self) != nil else { return }
        for pool in pools {
            if let saturation = pool.saturation { saturations.observe(saturation, pool.labels) }
        }
    }

    package mutating func miss(_ state: TargetState) {
        pools = []
    }

    /// min(pool_size + reserve, limit of the database, limit of the user); 0 means no limit.
    static func effectiveSize(
        of database: PgBouncerDatabase, user: PgBouncerUser? = nil, config: PgBouncerSettings?
    ) -> Double? {
        BouncerPoolLimits(database: database, user: user, config: config).effectiveSize
    }

    /// The largest of busy over size, the database's busy connections over its limit, and the user's over theirs:
    /// a pool with room of its own has none when the others of its database or user have taken it.
    static func saturation(
        of pool: PgBouncerPool, size: Double?, database: PgBouncerDatabase?, user: PgBouncerUser? = nil,
        config: PgBouncerSettings?, among pools: [PgBouncerPool]
    ) -> Double? {
        func busy(_ isCounted: (PgBouncerPool) -> Bool) -> Double {
            pools.lazy.filter(isCounted).reduce(0) { $0 + $1.busy }
        }
        func share(_ used: Double, of limit: Double?) -> Double? {
            limit.flatMap { $0 > 0 ? used / $0 : nil }
        }
        return [
            share(pool.busy, of: size),
            share(busy { $0.database == pool.database }, of: database?.numbers["max_connections"]),
            share(
                busy { $0.user == pool.user },
                of: BouncerPoolLimits(database: database, user: user, config: config).user),
        ].compactMap { $0 }.max()
    }

    package func emit(into builder: inout SnapshotBuilder) {
        saturations.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.saturationSampled.name], saturations.folded)
        for pool in pools {
            if let size = pool.size { builder.add(PoolFamilies.size, pool.labels, size) }
            if let saturation = pool.saturation { builder.add(PoolFamilies.saturation, pool.labels, saturation) }
            builder.add(PoolFamilies.waitingClients, pool.labels, pool.row.waiting)
            builder.add(PoolFamilies.oldestWait, pool.labels, pool.row.oldestWait)
            let states = [
                ("busy", pool.row.busy), ("idle", pool.row.numbers["sv_idle"] ?? 0),
                ("used", pool.row.numbers["sv_used"] ?? 0),
            ]
            for (state, count) in states {
                builder.add(PoolFamilies.connections, pool.labels.adding("state", state), count)
            }
        }
    }
}
