import Exposition
import Observations
import PoolVocabulary

/// Server connections of PgBouncer's pools: how old they are, and which are to be closed.
package struct BouncerServersCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = [
        PoolFamilies.connectionAge, PoolFamilies.closeNeeded, FoldedSeries.descriptor,
    ]
    package static let sources: [any Source.Type] = [BouncerClientsSource.self, BouncerServersSource.self]

    private var ages: [Labels: Histogram] = [:]
    private var closeNeeded: [Labels: Double] = [:]
    private var budget = PoolBudget()

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        (ages, closeNeeded) = ([:], [:])
        guard let servers = facts[BouncerServersSource.self] else { return }
        let now = Self.now(servers, facts[BouncerClientsSource.self] ?? [])
        var sizes: [Labels: Double] = [:]
        for server in servers where server.isOfPool { sizes[Self.labels(of: server), default: 0] += 1 }
        let places = budget.places(of: sizes)
        for server in servers where server.isOfPool {
            let pool = places[Self.labels(of: server)] ?? PoolBudget.other
            if let needed = server.closeNeeded { closeNeeded[pool, default: 0] += needed ? 1 : 0 }
            guard let now, let since = server.connectedAt else { continue }
            ages[pool, default: Histogram(bounds: PoolFamilies.connectionAge.buckets)]
                .observe(max(0, now.seconds(since: since)))
        }
    }

    /// PgBouncer's clock, from the newest of its rows: our own request for the clients is one of them.
    private static func now(_ servers: [PgBouncerServer], _ clients: [PgBouncerClient]) -> PgBouncerTime? {
        let times = [
            clients.lazy.compactMap(\.requestedAt).max(), clients.lazy.compactMap(\.connectedAt).max(),
            servers.lazy.compactMap(\.requestedAt).max(), servers.lazy.compactMap(\.connectedAt).max(),
        ]
        return times.compactMap(\.self).max()
    }

    private static func labels(of server: PgBouncerServer) -> Labels {
        PoolFamilies.labels(pooler: "pgbouncer", database: server.database, user: server.user)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (pool, histogram) in ages { builder.add(PoolFamilies.connectionAge, pool, .histogram(histogram)) }
        for (pool, count) in closeNeeded { builder.add(PoolFamilies.closeNeeded, pool, count) }
        for family in [PoolFamilies.connectionAge, PoolFamilies.closeNeeded] {
            builder.add(FoldedSeries.descriptor, ["family": family.name], budget.folded)
        }
    }
}

extension PgBouncerServer {
    /// Connections to other PgBouncers (peers) belong to no pool.
    fileprivate var isOfPool: Bool { database != "(nodb)" }
}
