import Observations

/// Clients that hold a server connection and ask nothing of it, by pool: in session mode between their statements, else
/// within a transaction that they leave open.
struct IdleHolders {
    struct Count: Equatable {
        /// Clients of the pool that hold a server connection, and those of them that have not used it for a while.
        var holders = 0
        var idle = 0
        /// Seconds since the last packet of the one that has been silent for longest.
        var longest = 0.0

        fileprivate mutating func add(silence: Double) {
            holders += 1
            guard silence >= IdleHolders.leastSeconds else { return }
            idle += 1
            longest = max(longest, silence)
        }

        var share: Double { holders > 0 ? Double(idle) / Double(holders) : 0 }
    }

    /// For so many seconds at least; PgBouncer tells times in whole ones.
    static let leastSeconds = 5.0

    private var counts: [String: Count] = [:]

    /// - Throws: `MissingFact` when clients or servers are not known.
    init(_ bouncer: BouncerFacts) throws(MissingFact) {
        let clients = try bouncer.clients.get()
        let servers = try bouncer.servers.get()
        // PgBouncer tells no time of its own: its latest packet, our question for instance, is nearly now.
        let packets = (clients + (bouncer.console.value ?? [])).map(\.requestedAt) + servers.map(\.requestedAt)
        guard let now = packets.compactMap(\.self).max() else { return }
        // A pool's user is not its client's where the database has a forced user.
        let pools = Dictionary(
            servers.map { ($0.pointer, "\($0.database)/\($0.user)") }, uniquingKeysWith: { first, _ in first })
        for client in clients {
            guard let link = client.link, let pool = pools[link] else { continue }
            // wait is the age of the statement that it waits for; 0 when it waits for none.
            let silence = client.wait == 0 ? client.requestedAt.map { now.seconds(since: $0) } ?? 0 : 0
            counts[pool, default: Count()].add(silence: silence)
        }
    }

    subscript(pool: BouncerPools.Pool) -> Count { counts[pool.name] ?? Count() }
}
