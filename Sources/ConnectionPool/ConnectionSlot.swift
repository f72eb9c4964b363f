/// Names one connection of a pool, from its opening to its end; never used again for another.
package struct ConnectionID: Hashable, Sendable {
    /// Its place in the pool's table; reused by later connections.
    let slot: Int
    /// Counts the connections of the pool.
    package let serial: Int
}

/// What a connection does.
package enum ConnectionState: Sendable, CaseIterable {
    /// Nothing is here. Then: `opening`.
    case gone
    /// Being opened. Then: `idle`, `leased`; `closing` if the pool drains meanwhile; `gone` if that failed.
    case opening
    /// Ready to be lent; no task waits meanwhile. Then: `leased`, `keepingAlive`, `closing`.
    case idle
    /// Lent. Then: `idle`, `leased` to the next, `resetting`, `closing`.
    case leased
    /// Made as good as new after a lease. Then: `idle`, `leased`, `closing`.
    case resetting
    /// Asked for a sign of life. Then: `idle`, `leased`, `closing`.
    case keepingAlive
    /// Being closed. Then: `gone`.
    case closing
}

/// All that the state machine knows of one connection.
struct ConnectionSlot: Sendable {
    var serial: Int
    var state = ConnectionState.gone
    /// Of a lease: when it began. Of an idle connection: when it was last used, or opened; a keep-alive leaves that.
    var since: PoolTime
    /// When the other side last answered.
    var provenAt: PoolTime
    /// Older than then, it is not lent again; nil: never.
    var endsAt: PoolTime?
    /// Of a lease.
    var origin: LeaseOrigin?
    /// The lease was reported as leaked.
    var isLeakReported = false

    init(serial: Int, now: PoolTime) {
        self.serial = serial
        since = now
        provenAt = now
    }

    func hasEnded(at now: PoolTime) -> Bool {
        guard let endsAt else { return false }
        return endsAt <= now
    }
}

/// How many connections are in each state.
struct StateCounts: Sendable, Equatable {
    var opening = 0
    var idle = 0
    var leased = 0
    var resetting = 0
    var keepingAlive = 0
    var closing = 0

    /// All that count against `maximum`.
    var all: Int { opening + idle + leased + resetting + keepingAlive + closing }
    /// Opened and not about to be closed: what counts for `minimum`.
    var open: Int { idle + leased + resetting + keepingAlive }
    /// What may serve a waiter later without a new connection.
    var returning: Int { leased + resetting + keepingAlive }

    mutating func add(_ amount: Int, to state: ConnectionState) {
        switch state {
        case .gone: break
        case .opening: opening += amount
        case .idle: idle += amount
        case .leased: leased += amount
        case .resetting: resetting += amount
        case .keepingAlive: keepingAlive += amount
        case .closing: closing += amount
        }
    }
}
