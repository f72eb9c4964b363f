import Exposition
import Observations
import PoolVocabulary

/// The used share of every limit on connections that PgBouncer has, and when its pools will be used up.
package struct BouncerLimitsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = [PoolFamilies.limitRatio, PoolFamilies.exhaustion, PoolFamilies.saturation]
    package static let sources: [any Source.Type] = [
        BouncerPoolsSource.self, BouncerDatabasesSource.self, BouncerListsSource.self, BouncerConfigSource.self,
        BouncerUsersSource.self,
    ]

    private static let pooler = "pgbouncer"
    /// The admin console's own pool has no server connections.
    private static let adminDatabase = "pgbouncer"
    /// Pools whose trend is followed at most.
    private static let trendLimit = 2_000

    private struct Key: Hashable {
        let database: String
        let user: String
    }

    private let seriesLimit: Int
    private var shares: [LimitShare] = []
    private var trends: [Key: TrendForecast] = [:]
    /// Seconds to exhaustion.
    private var forecasts: [Key: Double] = [:]
    private var isRefusing = false
    /// The only thing known of a console that has no connection for us.
    private var refusedBy: LimitShare?

    package init(target: TargetProfile) {
        seriesLimit = target.rules.seriesLimit
    }

    package mutating func observe(_ facts: Facts) {
        refusedBy = nil
        let config = facts[BouncerConfigSource.self]
        let databases = facts[BouncerDatabasesSource.self] ?? []
        let users = facts[BouncerUsersSource.self] ?? []
        let pools = (facts[BouncerPoolsSource.self] ?? []).filter { $0.database != Self.adminDatabase }
        let limits = limits(of: pools, databases: databases, users: users, config: config)
        follow(pools, limits, isFresh: facts.fresh(BouncerPoolsSource.self) != nil, at: facts.tickBeganAt)

        let used = facts[BouncerListsSource.self]?.first { $0.name == "used_clients" }?.value
        let slots = LimitShare(
            .clientSlots, pooler: Self.pooler, used: used, of: config?.number("max_client_conn"))
        // PgBouncer counts the newcomer before it compares: with as many clients as allowed the next one is refused.
        // Those of the console are counted, but never refused, so that we see it.
        isRefusing = slots.map { $0.ratio >= 1 } ?? false
        let all = [slots] + Self.shares(of: pools, limits) + Self.shares(of: databases)
        shares = (all + Self.shares(of: users, pools: pools, config: config)).compactMap { $0 }.fullest(seriesLimit)
    }

    private func limits(
        of pools: [PgBouncerPool], databases: [PgBouncerDatabase], users: [PgBouncerUser], config: PgBouncerSettings?
    ) -> [BouncerPoolLimits] {
        let databases = Dictionary(databases.map { ($0.name, $0) }) { first, _ in first }
        let users = Dictionary(users.map { ($0.name, $0) }) { first, _ in first }
        return pools.map {
            BouncerPoolLimits(database: databases[$0.database], user: users[$0.user], config: config)
        }
    }

    private mutating func follow(
        _ pools: [PgBouncerPool], _ limits: [BouncerPoolLimits], isFresh: Bool, at time: Double
    ) {
        guard isFresh else { return }
        var followed: [Key: TrendForecast] = [:]
        forecasts = [:]
        for (pool, limits) in zip(pools, limits) where followed.count < Self.trendLimit {
            guard let size = limits.effectiveSize else { continue }
            let key = Key(database: pool.database, user: pool.user)
            var trend = trends[key] ?? TrendForecast()
            trend.observe(pool.busy, at: time)
            followed[key] = trend
            forecasts[key] = trend.seconds(toReach: size)
        }
        trends = followed
    }

    private static func shares(of pools: [PgBouncerPool], _ limits: [BouncerPoolLimits]) -> [LimitShare?] {
        zip(pools, limits).flatMap { pool, limits in
            [(LimitName.pool, limits.size), (.poolWithReserve, limits.sizeWithReserve)].map { limit, size in
                LimitShare(
                    limit, pooler: pooler, database: pool.database, user: pool.user, used: pool.busy, of: size)
            }
        }
    }

    private static func shares(of databases: [PgBouncerDatabase]) -> [LimitShare?] {
        databases.flatMap { database in
            [
                (LimitName.database, "current_connections", "max_connections"),
                (.databaseClients, "current_client_connections", "max_client_connections"),
            ].map { limit, used, capacity in
                LimitShare(
                    limit, pooler: pooler, database: database.name, used: database.numbers[used],
                    of: database.numbers[capacity])
            }
        }
    }

    private static func shares(
        of users: [PgBouncerUser], pools: [PgBouncerPool], config: PgBouncerSettings?
    ) -> [LimitShare?] {
        let servers = Dictionary(pools.map { ($0.user, $0.servers) }, uniquingKeysWith: +)
        let told = Set(users.lazy.filter { $0.numbers["max_user_connections"] != nil }.map(\.name))
        let bySetting = servers.filter { !told.contains($0.key) }.map { name, servers in
            LimitShare(.user, pooler: pooler, user: name, used: servers, of: config?.number("max_user_connections"))
        }
        return bySetting
            + users.flatMap { user in
                [
                    (LimitName.user, "current_connections", "max_user_connections"),
                    (.userClients, "current_client_connections", "max_user_client_connections"),
                ].map { limit, used, capacity in
                    LimitShare(
                        limit, pooler: pooler, user: user.name, used: user.numbers[used], of: user.numbers[capacity])
                }
            }
    }

    package mutating func miss(_ state: TargetState) { miss(state, refusal: nil) }

    package mutating func miss(_ state: TargetState, refusal: Refusal?) {
        (shares, forecasts) = ([], [:])
        let refusal = state == .tooManyConnections ? refusal ?? .clientSlots : nil
        isRefusing = refusal == .clientSlots
        refusedBy = refusal.flatMap(LimitShare.refusing)
    }

    package var saturations: [Labels: Double] { isRefusing ? [PoolFamilies.labels(pooler: Self.pooler): 1] : [:] }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, ratio) in saturations {
            builder.add(PoolFamilies.saturation, labels, ratio, evenWhenDown: true)
        }
        if let refusedBy {
            builder.add(PoolFamilies.limitRatio, refusedBy.labels, refusedBy.ratio, evenWhenDown: true)
        }
        for share in shares { builder.add(PoolFamilies.limitRatio, share.labels, share.ratio) }
        for (key, seconds) in forecasts.sorted(by: Self.isSooner).prefix(seriesLimit) {
            let labels = PoolFamilies.labels(pooler: Self.pooler, database: key.database, user: key.user)
            builder.add(PoolFamilies.exhaustion, labels, seconds)
        }
    }

    private static func isSooner(_ one: (key: Key, value: Double), _ other: (key: Key, value: Double)) -> Bool {
        (one.value, one.key.database, one.key.user) < (other.value, other.key.database, other.key.user)
    }
}
