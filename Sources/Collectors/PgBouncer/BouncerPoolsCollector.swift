import Exposition
import Observations
import PoolVocabulary

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
    private var sampled = HistogramVector(PoolFamilies.saturationSampled)
    private var budget = PoolBudget()

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        pools = []
        guard let rows = facts[BouncerPoolsSource.self] else { return }
        let databases = Dictionary((facts[BouncerDatabasesSource.self] ?? []).map { ($0.name, $0) }) { first, _ in first
        }
        let config = facts[BouncerConfigSource.self]
        let users = Dictionary((facts[BouncerUsersSource.self] ?? []).map { ($0.name, $0) }) { first, _ in first }
        let lent = rows.filter { $0.database != Self.adminDatabase }
        let load = BusyConnections(lent)
        let places = budget.places(of: Self.sizes(of: lent))
        var others: Pool?
        for row in lent {
            let labels = Self.labels(of: row)
            guard places[labels] == labels else {
                // Pools that are added up have no size of their own.
                others = others?.adding(row) ?? Pool(PoolBudget.other, row)
                continue
            }
            let database = databases[row.database]
            let limits = BouncerPoolLimits(database: database, user: users[row.user], config: config)
            let size = database == nil ? nil : limits.effectiveSize
            let saturation = Self.saturation(of: row, limits: limits, size: size, load: load)
            pools.append(Pool(labels, row, size: size, saturation: saturation))
        }
        if let others { pools.append(others) }
        guard facts.fresh(BouncerPoolsSource.self) != nil else { return }
        for pool in pools {
            if let saturation = pool.saturation { sampled.observe(saturation, pool.labels) }
        }
        sampled.tell(facts.tickBeganAt)
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

    /// Busy connections of all pools of a database, and of a user.
    struct BusyConnections {
        private(set) var ofDatabase: [String: Double] = [:]
        private(set) var ofUser: [String: Double] = [:]

        init(_ pools: [PgBouncerPool]) {
            for pool in pools {
                ofDatabase[pool.database, default: 0] += pool.busy
                ofUser[pool.user, default: 0] += pool.busy
            }
        }
    }

    /// The largest of busy over size, the database's busy connections over its limit, and the user's over theirs:
    /// a pool with room of its own has none when the others of its database or user have taken it.
    static func saturation(
        of pool: PgBouncerPool, limits: BouncerPoolLimits, size: Double?, load: BusyConnections
    ) -> Double? {
        func share(_ used: Double?, of limit: Double?) -> Double? {
            guard let used, let limit, limit > 0 else { return nil }
            return used / limit
        }
        return [
            share(pool.busy, of: size), share(load.ofDatabase[pool.database], of: limits.database),
            share(load.ofUser[pool.user], of: limits.user),
        ].compactMap { $0 }.max()
    }

    package var saturations: [Labels: Double] {
        // As in a page, where those with the same labels add up.
        Dictionary(pools.compactMap { pool in pool.saturation.map { (pool.labels, $0) } }, uniquingKeysWith: +)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        sampled.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.saturationSampled.name], sampled.folded)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.connections.name], budget.folded)
        for (labels, ratio) in saturations { builder.add(PoolFamilies.saturation, labels, ratio) }
        for pool in pools {
            if let size = pool.size { builder.add(PoolFamilies.size, pool.labels, size) }
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
