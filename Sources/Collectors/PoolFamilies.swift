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
            "Busy connections over the pool's effective size; for PgBouncer the used share of the tightest of the "
            + "pool's, the database's and the user's limits; 1 when the server refuses for lack of slots. PgBouncer as "
            + "a whole (database and user empty) is there only while it refuses clients because of max_client_conn, "
            + "with 1.")
    package static let saturationSampled = FamilyDescriptor(
        "poolscope_pool_saturation_sampled_ratio", .histogram, unit: "ratio", labels: labels,
        buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1],
        help: "poolscope_pool_saturation_ratio, observed at every tick: the rate of its buckets is the share of time "
            + "spent at each level.")
    package static let limitRatio = FamilyDescriptor(
        "poolscope_pool_limit_ratio", .gauge, unit: "ratio", labels: labels + ["limit"],
        help: "Used share of each limit on connections; absent where there is no limit. pooler server: client backends "
            + "over the slots that are not reserved (limit server), over rolconnlimit (role, in user; none for "
            + "superusers, who are exempt), over datconnlimit (database). Older releases of PostgreSQL also count "
            + "walsenders and autovacuum workers against the latter two. pooler pgbouncer: busy server connections "
            + "over pool_size (pool) and with the reserve (pool_with_reserve); all server connections, idle ones "
            + "included, over max_db_connections (database) and max_user_connections (user; before 1.23 the global "
            + "setting, since overrides are not shown); clients over max_client_conn (client_slots) and over the "
            + "database's and user's client limits (database_clients, user_clients; 1.24+). 1 when the target refuses "
            + "us because of it. Of each limit the fullest series, up to the series budget.")
    package static let exhaustion = FamilyDescriptor(
        "poolscope_pool_exhaustion_seconds", .gauge, unit: "seconds", labels: labels,
        help:
            "Forecast: seconds until the pool's effective size is in use, if it goes on filling as it does now. 0 "
            + "while it is full. Absent when use does not grow steadily (a step, a sawtooth and noise are no trend), "
            + "before two minutes of samples, and beyond seven days. Of many pools those that are full first, up to "
            + "the series budget."
    )

    static let all = [size, connections, waitingClients, oldestWait, saturation, saturationSampled]

    /// The labels of one pool.
    static func labels(pooler: String, database: String = "", user: String = "") -> Labels {
        ["pooler": pooler, "database": database, "user": user]
    }
}
