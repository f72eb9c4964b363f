import Exposition
import PoolVocabulary

/// The limits on connections, as the `limit` label of `poolscope_pool_limit_ratio` names them.
enum LimitName: String {
    case server, role, database, user, pool
    case poolWithReserve = "pool_with_reserve"
    case clientSlots = "client_slots"
    case databaseClients = "database_clients"
    case userClients = "user_clients"
}

/// The used share of one limit.
struct LimitShare: Equatable {
    let limit: LimitName
    let labels: Labels
    let ratio: Double

    /// Nil when either number is not known, or when there is no limit: 0 and −1 are no denominators.
    init?(
        _ limit: LimitName, pooler: String, database: String = "", user: String = "", used: Double?,
        of capacity: Double?
    ) {
        guard let used, let capacity, capacity > 0 else { return nil }
        self.limit = limit
        labels = PoolFamilies.labels(pooler: pooler, database: database, user: user)
            .adding("limit", limit.rawValue)
        ratio = used / capacity
    }

    /// What a refusal because of a full limit says of it, however many connections there are.
    static func full(_ limit: LimitName, pooler: String, database: String = "", user: String = "") -> LimitShare? {
        LimitShare(limit, pooler: pooler, database: database, user: user, used: 1, of: 1)
    }
}

extension [LimitShare] {
    /// Of each limit the fullest, at most so many: which of a thousand roles is nearly full is the question.
    func fullest(_ count: Int) -> [LimitShare] {
        Dictionary(grouping: self, by: \.limit).values.flatMap { shares in
            shares.count <= count
                ? shares : Array(shares.sorted { ($1.ratio, $0.labels) < ($0.ratio, $1.labels) }.prefix(count))
        }
    }
}
