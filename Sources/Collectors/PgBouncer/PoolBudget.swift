import Exposition
import PoolVocabulary

/// Which pools of a PgBouncer have series of their own: those with the most clients and connections, who stay so while
/// they are there. The others share one.
struct PoolBudget: Sendable {
    static let limit = 500
    /// Where the others are added up.
    static let other = PoolFamilies.labels(pooler: "pgbouncer", database: "other", user: "other")

    private var series = SeriesBudget(limit: limit)

    /// How often a pool had no room.
    var folded: Double { series.folded }

    /// The labels under which each pool is published.
    /// - Parameter sizes: how much each pool counts for a place.
    mutating func places(of sizes: [Labels: Double]) -> [Labels: Labels] {
        let published = series.fold(sizes) { _ in Self.other }
        return Dictionary(uniqueKeysWithValues: sizes.keys.map { ($0, published[$0] == nil ? Self.other : $0) })
    }
}
