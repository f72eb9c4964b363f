import Observations

/// Follows the pools of a PgBouncer from sample to sample.
///
/// Memory: one entry a pool of the watch, and one a server connection that is to be closed.
package struct PoolLedger: Sendable {
    package static let poolLimit = 5_000

    private struct Name: Hashable {
        let database: String
        let user: String
    }

    private var pools: [Name: PoolHistory] = [:]
    /// Since when a server connection is to be closed, by its address in PgBouncer's memory and when it was made.
    private var closing: [Socket: (name: Name, since: Double)] = [:]
    private var firstSample: Double?
    private var lastSample = 0.0
    private var samples = 0

    private struct Socket: Hashable {
        let pointer: UInt64
        let connectedAt: PgBouncerTime?
    }

    package init() {}

    /// Takes in a read of `SHOW POOLS`; `time` is the agent's clock, in seconds since any one moment.
    package mutating func observe(_ rows: [PgBouncerPool], at time: Double) {
        firstSample = firstSample ?? time
        lastSample = time
        samples += 1
        for row in rows where row.database != "pgbouncer" {
            let name = Name(database: row.database, user: row.user)
            guard pools[name] != nil || pools.count < Self.poolLimit else { continue }
            pools[name, default: PoolHistory(database: row.database, user: row.user)].add(row)
        }
    }

    /// Takes in a read of `SHOW SERVERS`.
    package mutating func observe(_ servers: [PgBouncerServer], at time: Double) {
        var now: [Socket: (name: Name, since: Double)] = [:]
        for server in servers where server.closeNeeded == true {
            let socket = Socket(pointer: server.pointer, connectedAt: server.connectedAt)
            now[socket] = (Name(database: server.database, user: server.user), closing[socket]?.since ?? time)
        }
        closing = now
        lastSample = max(lastSample, time)
    }

    /// What is known so far; nil before the first sample.
    package var history: BouncerHistory? {
        guard let firstSample else { return nil }
        let byName = Dictionary(grouping: closing.values, by: \.name)
        let closeNeeded = byName.map { name, all in
            CloseNeeded(
                database: name.database, user: name.user, count: all.count,
                longestSeconds: all.map { lastSample - $0.since }.max() ?? 0)
        }
        return BouncerHistory(
            pools: pools.values.sorted { ($0.database, $0.user) < ($1.database, $1.user) }, samples: samples,
            seconds: lastSample - firstSample,
            closeNeeded: closeNeeded.sorted { ($0.database, $0.user) < ($1.database, $1.user) })
    }

    /// Begins a new watch; what is to be closed since earlier stays so.
    package mutating func turn() {
        (pools, firstSample, samples) = ([:], nil, 0)
    }
}

extension PoolHistory {
    fileprivate mutating func add(_ row: PgBouncerPool) {
        samples += 1
        let isIdle = (row.numbers["sv_idle"] ?? 0) + (row.numbers["sv_used"] ?? 0) > 0
        if row.waiting > 0 {
            samplesWaiting += 1
            if isIdle { samplesWaitingWhileIdle += 1 }
        }
        mostWaiting = max(mostWaiting, row.waiting)
        longestWait = max(longestWait, row.oldestWait)
        mostBusy = max(mostBusy, row.busy)
        sumOfBusy += row.busy
        mostClients = max(mostClients, (row.numbers["cl_active"] ?? 0) + row.waiting)
    }
}
