import Exposition

/// The families that every kind of pool shares: PgBouncer's pools, the server's slots, in-process pools.
package enum PoolFamilies {
    private static let labels = ["pooler", "database", "user"]

    package static let size = FamilyDescriptor(
        "poolscope_pool_size", .gauge, labels: labels,
        help: "Connections that the pool can lend: for PgBouncer min(pool_size + reserve, database and user limits), "
            + "for the server max_connections without the reserved ones, for an in-process pool its maximum. Absent "
            + "when unlimited.")
    package static let connections = FamilyDescriptor(
        "poolscope_pool_connections", .gauge, labels: labels + ["state"],
        help: "Connections of the pool by state. busy: lent to a client, or on the way (PgBouncer: active, cancelling, "
            + "tested, login; in-process pools: being reset, asked for a sign of life, closed). idle, used: open and not "
            + "lent. opening: being opened, by an in-process pool. free: slots of the server that nobody holds.")
    package static let waitingClients = FamilyDescriptor(
        "poolscope_pool_waiting_clients", .gauge, labels: labels,
        help: "Clients that wait for a connection of the pool.")
    package static let oldestWait = FamilyDescriptor(
        "poolscope_pool_oldest_wait_seconds", .gauge, unit: "seconds", labels: labels,
        help: "How long the first client in the pool's queue has waited, with microseconds; 0 when none waits.")
    package static let saturation = FamilyDescriptor(
        "poolscope_pool_saturation_ratio", .gauge, unit: "ratio", labels: labels,
        help:
            "Busy connections over the pool's effective size, for in-process pools with those that are being opened; for "
            + "PgBouncer the used share of the tightest of the pool's, the database's and the user's limits; 1 when the server refuses for lack of slots. PgBouncer as "
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

    package static let wait = FamilyDescriptor(
        "poolscope_pool_wait_seconds", .histogram, unit: "seconds", labels: labels,
        buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120],
        help: "How long clients waited for a connection until they got one; those that gave up are in "
            + "poolscope_pool_waits_abandoned_total. For PgBouncer sum and count follow its own wait_time and "
            + "server_assignment_count (before 1.23 xact_count, in session mode the fewest waits that explain the "
            + "time). Waits seen in SHOW CLIENTS are counted at their length, to within the time between two reads; "
            + "those too short to be seen at the mean of what is left, 0 included. Per database, user is empty: "
            + "PgBouncer counts by database. For in-process pools every wait is measured, 0 included.")
    package static let waitsAbandoned = FamilyDescriptor(
        "poolscope_pool_waits_abandoned_total", .counter, labels: labels,
        help: "Clients that left, or were cut off, while they waited for a connection. For PgBouncer: those that were "
            + "seen waiting and then gone, without its wait_time having grown by their wait. For in-process pools: "
            + "tasks that were told, after they had waited, that they get none, whatever the reason.")
    package static let counterResets = FamilyDescriptor(
        "poolscope_pool_statistics_resets_total", .counter, labels: labels + ["reason"],
        help: "How often the pooler's own counters of a database fell, which Poolscope's do not: restart of the "
            + "pooler, pool_freed (an idle pool went with its statistics), database_removed (no pool of it is left).")
    package static let connectionAge = FamilyDescriptor(
        "poolscope_pool_connection_age_seconds", .histogram, unit: "seconds", labels: labels,
        buckets: [1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400], lifetime: .whileUp,
        help: "How long the pool's server connections of this moment have been open: a distribution of now, not a "
            + "total; do not take its rate. For PgBouncer to a second, on its own clock; off by an hour for connections "
            + "older than the last change to or from daylight saving.")
    package static let closeNeeded = FamilyDescriptor(
        "poolscope_pool_connections_close_needed", .gauge, labels: labels,
        help: "Server connections that the pool closes as soon as they are free, after RECONNECT or a change of the "
            + "configuration (PgBouncer 1.9+).")

    /// The gauges that every pool has, and the histogram of one of them.
    package static let all = [size, connections, waitingClients, oldestWait, saturation, saturationSampled]

    /// The labels of one pool.
    package static func labels(pooler: String, database: String = "", user: String = "") -> Labels {
        ["pooler": pooler, "database": database, "user": user]
    }
}
