import Exposition
import Observations
import PoolVocabulary

/// The used share of every limit on connections that a server has, and when its slots will be used up.
///
/// PostgreSQL checks a role's and a database's limit after it has taken the new session into its count, for client
/// backends that are no superusers; it counts those of superusers too.
package struct ServerLimitsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [PoolFamilies.limitRatio, PoolFamilies.exhaustion]
    package static let sources: [any Source.Type] = [
        ActivitySource.self, SettingsSource.self, BackendCountSource.self, RolesSource.self, DatabasesSource.self,
    ]

    private static let pooler = "server"

    private let seriesLimit: Int
    private var use = SlotUse()
    private var server: LimitShare?
    /// Of roles and databases, as the last sample says.
    private var others: [LimitShare] = []
    private var forecast = TrendForecast()
    private var usable: Double?
    /// The only thing known of a target that has no connection for us.
    private var refusedBy: LimitShare?

    package init(target: TargetProfile) {
        seriesLimit = target.rules.seriesLimit
    }

    package mutating func observe(_ facts: Facts) {
        refusedBy = nil
        use.observe(facts)
        usable = facts[SettingsSource.self].flatMap(ServerSlotsCollector.usableSlots)
        guard let busy = use.busy, let sample = facts[ActivitySource.self] else { return (server, others) = (nil, []) }
        if let time = use.countedAt { forecast.observe(Double(busy), at: time.unixSeconds) }
        server = LimitShare(.server, pooler: Self.pooler, used: Double(busy), of: usable)
        // Between samples nothing is known of who holds the slots.
        guard facts.fresh(BackendCountSource.self) == nil else { return }
        others = (roles(sample, facts) + databases(sample, facts)).compactMap { $0 }.fullest(seriesLimit)
    }

    private func roles(_ sample: ActivitySample, _ facts: Facts) -> [LimitShare?] {
        let limited = (facts[RolesSource.self] ?? []).filter { $0.connectionLimit > 0 && !$0.isSuperuser }
        guard !limited.isEmpty else { return [] }
        let used = clients(in: sample, by: \.serverUser)
        return limited.map { role in
            LimitShare(
                .role, pooler: Self.pooler, user: role.name, used: used[role.name] ?? 0,
                of: Double(role.connectionLimit))
        }
    }

    private func databases(_ sample: ActivitySample, _ facts: Facts) -> [LimitShare?] {
        let limited = (facts[DatabasesSource.self] ?? []).filter { ($0.connectionLimit ?? -1) > 0 }
        guard !limited.isEmpty else { return [] }
        let used = clients(in: sample, by: \.serverDatabase)
        return limited.map { database in
            LimitShare(
                .database, pooler: Self.pooler, database: database.name, used: used[database.name] ?? 0,
                of: database.connectionLimit.map(Double.init))
        }
    }

    private func clients(in sample: ActivitySample, by key: (BackendTraits) -> String?) -> [String: Double] {
        var counts: [String: Double] = [:]
        for group in sample.groups where group.traits.isClientBackend {
            if let key = key(group.traits) { counts[key, default: 0] += Double(group.count) }
        }
        return counts
    }

    package mutating func miss(_ state: TargetState) { miss(state, refusal: nil) }

    package mutating func miss(_ state: TargetState, refusal: Refusal?) {
        (server, others) = (nil, [])
        use.miss()
        guard state == .tooManyConnections else { return refusedBy = nil }
        refusedBy = LimitShare.refusing(refusal ?? .server)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        if let refusedBy {
            builder.add(PoolFamilies.limitRatio, refusedBy.labels, refusedBy.ratio, evenWhenDown: true)
        }
        for share in [server].compactMap({ $0 }) + others {
            builder.add(PoolFamilies.limitRatio, share.labels, share.ratio)
        }
        if let seconds = usable.flatMap({ forecast.seconds(toReach: $0) }) {
            builder.add(PoolFamilies.exhaustion, PoolFamilies.labels(pooler: Self.pooler), seconds)
        }
    }
}

extension LimitShare {
    /// The limit that a target named when it turned us away. Also a server may be reached through PgBouncer.
    static func refusing(_ refusal: Refusal) -> LimitShare? {
        switch refusal {
        case .server: full(.server, pooler: "server")
        case .role(let name): full(.role, pooler: "server", user: name)
        case .database(let name): full(.database, pooler: "server", database: name)
        case .clientSlots: full(.clientSlots, pooler: "pgbouncer")
        case .userClients(let name): full(.userClients, pooler: "pgbouncer", user: name)
        case .databaseClients(let name): full(.databaseClients, pooler: "pgbouncer", database: name)
        }
    }
}
