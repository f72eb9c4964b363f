import Exposition
import Observations

/// PgBouncer's pools in the vocabulary that all pools share.
package struct BouncerPoolsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = PoolFamilies.all + [FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [
        BouncerPoolsSource.self, BouncerDatabasesSource.self, BouncerConfigSource.self,
    ]

    /// PgBouncer's own admin database has a row in SHOW POOLS, but no server connections.
    private static let adminDatabase = "pgbouncer"

    private struct Pool {
        let labels: Labels
        /// Of several pools: their sum.
        var row: PgBouncerPool
        var oldestWait: Double
        /// Nil when the configuration sets no limit.
        let size: Double?
        /// The used share of the tightest limit; nil without any.
        let saturation: Double?

        init(_ labels: Labels, _ row: PgBouncerPool, size: Double? = nil, saturation: Double? = nil) {
            (self.labels, self.row, self.size, self.saturation) = (labels, row, size, saturation)
            oldestWait = row.oldestWait
        }

        func adding(_ other: PgBouncerPool) -> Pool {
            var sum = self
            sum.row.numbers.merge(other.numbers, uniquingKeysWith: +)
            sum.oldestWait = max(oldestWait, other.oldestWait)
            return sum
        }
    }

    private var pools: [Pool] = []
    private var saturations = HistogramVector(PoolFamilies.saturationSampled)
    private var budget = PoolBudget()

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        pools = []
        guard let rows = facts[BouncerPoolsSource.self] else { return }
        let databases = facts[BouncerDatabasesSource.self] ?? []
        let config = facts[BouncerConfigSource.self]
        let lent = rows.filter { $0.database != Self.adminDatabase }
        let places = budget.places(of: Self.sizes(of: lent))
        var others: Pool?
        for row in lent {
            let labels = Self.labels(of: row)
            guard places[labels] == labels else {
                // Pools that are added up have no size of their own.
                others = others?.adding(row) ?? Pool(PoolBudget.other, row)
                continue
            }
            let database = databases.first { $0.name == row.database }
            let size = database.flatMap { Self.effectiveSize(of: $0, config: config) }
            let saturation = Self.saturation(of: row, size: size, database: database, config: config, among: lent)
            pools.append(Pool(labels, row, size: size, saturation: saturation))
        }
        if let others { pools.append(others) }
        guard facts.fresh(BouncerPoolsSource.self) != nil else { return }
        for pool in pools {
            if let saturation = pool.saturation { saturations.observe(saturation, pool.labels) }
        }
    }

    package mutating func miss(_ state: TargetState) {
        pools = []
    }

    private static func labels(of pool: PgBouncerPool) -> Labels {
        PoolFamilies.labels(pooler: "pgbouncer", database: pool.database, user: pool.user)
    }

    /// Clients and connections of each pool.
    private static func sizes(of pools: [PgBouncerPool]) -> [Labels: Double] {
        let columns = ["cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_tested", "sv_login"]
        return Dictionary(
            pools.map { pool in (labels(of: pool), columns.reduce(0) { $0 + (pool.numbers[$1] ?? 0) }) },
            uniquingKeysWith: +)
    }

    /// min(pool_size + reserve, limit of the database, limit of the user); 0 means no limit for the latter two.
    static func effectiveSize(of database: PgBouncerDatabase, config: PgBouncerSettings?) -> Double? {
        guard let poolSize = database.numbers["pool_size"], poolSize > 0 else { return nil }
        let limits = [database.numbers["max_connections"], config?.number("max_user_connections")]
        return limits.compactMap { $0 }.filter { $0 > 0 }.reduce(poolSize + database.reserve, min)
    }

    /// The largest of busy over size, the database's busy connections over its limit, and the user's over theirs:
    /// a pool with room of its own has none when the others of its database or user have taken it.
    static func saturation(
        of pool: PgBouncerPool, size: Double?, database: PgBouncerDatabase?, config: PgBouncerSettings?,
        among pools: [PgBouncerPool]
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
            share(busy { $0.user == pool.user }, of: config?.number("max_user_connections")),
        ].compactMap { $0 }.max()
    }

    package func emit(into builder: inout SnapshotBuilder) {
        saturations.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.saturationSampled.name], saturations.folded)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.connections.name], budget.folded)
        for pool in pools {
            if let size = pool.size { builder.add(PoolFamilies.size, pool.labels, size) }
            if let saturation = pool.saturation { builder.add(PoolFamilies.saturation, pool.labels, saturation) }
            builder.add(PoolFamilies.waitingClients, pool.labels, pool.row.waiting)
            builder.add(PoolFamilies.oldestWait, pool.labels, pool.oldestWait)
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
