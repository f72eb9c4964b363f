import Exposition

/// The families that every kind of pool shares: PgBouncer's pools, the server's slots, in-process pools.
package enum PoolFamilies {
    private static let labels = ["pooler", "database", "user"]

    package static let size = FamilyDescriptor(
        "poolscope_pool_size", .gauge, labels: labels,
        help: "Connections that the pool can lend: for PgBouncer min(pool_size + reserve, database and user limits), "
            + "for the server max_connections without the reserved ones. Absent when unlimited.")
    package static let connections = FamilyDescriptor(
        "poolscope_pool_connections", .gauge, labels: labels + ["state"],
        help: "Connections of the pool by state. busy: lent to a client, or on the way (PgBouncer: active, cancelling, "
            + "tested, login). idle, used: open and not lent. free: slots of the server that nobody holds.")
    package static let waitingClients = FamilyDescriptor(
        "poolscope_pool_waiting_clients", .gauge, labels: labels,
        help: "Clients that wait for a connection of the pool.")
    package static let oldestWait = FamilyDescriptor(
        "poolscope_pool_oldest_wait_seconds", .gauge, unit: "seconds", labels: labels,
        help: "How long the first client in the pool's queue has waited, with microseconds; 0 when none waits.")
    package static let saturation = FamilyDescriptor(
        "poolscope_pool_saturation_ratio", .gauge, unit: "ratio", labels: labels,
        help:
            "Busy connections over the pool's effective size; for PgBouncer the used share of the tightest of the pool's, "
            + "the database's and the user's limits; 1 when the server refuses for lack of slots.")
    package static let saturationSampled = FamilyDescriptor(
        "poolscope_pool_saturation_sampled_ratio", .histogram, unit: "ratio", labels: labels,
        buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1],
        help: "poolscope_pool_saturation_ratio, observed at every tick: the rate of its buckets is the share of time "
            + "spent at each level.")

    static let all = [size, connections, waitingClients, oldestWait, saturation, saturationSampled]

    /// The labels of one pool.
    static func labels(pooler: String, database: String = "", user: String = "") -> Labels {
        ["pooler": pooler, "database": database, "user": user]
    }
}
