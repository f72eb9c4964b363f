import Observations

/// A wait that is over: how long it was lies between what was last seen of it and what the next read bounds.
package struct EndedWait: Sendable, Equatable {
    package enum End: Sendable, Equatable {
        /// The client was there and waited no more.
        case served
        /// The client was gone: served and left, or given up.
        case gone
        /// The client was gone, and its turn had not come: one that had waited longer still waits, or PgBouncer was
        /// restarted.
        case notServed
    }

    var database: String
    var user: String
    /// The wait when it was last seen.
    var shortest: Double
    var longest: Double
    var end: End

    /// The last wait seen and half of what may have followed, but at most twice the last wait seen: what is met at a
    /// random moment has on average as much behind it as before it (see `StatementTracker`).
    var estimate: Double { isCaughtInPassing ? 2 * shortest : (shortest + longest) / 2 }

    /// It had hardly begun when it was last seen, compared with the time in which it ended.
    var isCaughtInPassing: Bool { 2 * shortest < (shortest + longest) / 2 }
}

/// Follows clients that wait for a server connection from one `SHOW CLIENTS` to the next, until they wait no more.
///
/// Time is PgBouncer's own, to the microsecond: the age of a query that is under way in both reads grows by what has
/// passed between them, and our own console session is such a query, since PgBouncer never ends it. Without one (after
/// a new connection) whole seconds of its clock must do.
///
/// Memory: one entry per waiting client of the last read, at most `limit`; those beyond it are not followed.
package struct WaitTracker: Sendable {
    package static let limit = 20_000
    /// After a longer gap nothing is known of who waited for what.
    static let longestGap = 60.0
    /// Between two readings of one clock, in seconds.
    private static let tolerance = 0.000_5

    /// What one read came to.
    package struct Reading: Sendable {
        /// Since the read before, in seconds; 0 at the first.
        var elapsed = 0.0
        var ended: [EndedWait] = []
        /// Waits for a query that were seen for the first time, by database.
        var begun: [String: Int] = [:]
        /// The first read, or the first after a gap: there is nothing before it.
        var isFirst = false
    }

    private struct Identity: Hashable {
        /// The id, or the pointer before 1.24; a pointer is used again, hence the time.
        let number: UInt64
        let connectedAt: PgBouncerTime?

        init(_ client: PgBouncerClient) {
            number = client.id ?? client.pointer
            connectedAt = client.connectedAt
        }
    }

    private struct Waiter {
        let database: String
        let user: String
        var wait: Double
        /// Waits to be logged in, which PgBouncer shows without an age.
        let isLogin: Bool
    }

    private struct Pool: Hashable {
        let database: String
        let user: String
    }

    private var waiters: [Identity: Waiter] = [:]
    /// Ages of the queries of console sessions.
    private var consoles: [Identity: Double] = [:]
    private var lastRead: PgBouncerTime?
    private var isNew = true

    package init() {}

    package var waitingCount: Int { waiters.count }

    /// - Parameter isRestart: whether PgBouncer was started anew since the last read; that cut off all who waited.
    package mutating func observe(_ clients: [PgBouncerClient], isRestart: Bool = false) -> Reading {
        let now = clients.lazy.flatMap { [$0.connectedAt, $0.requestedAt] }.compactMap(\.self).max()
        let coarse = now.flatMap { now in lastRead.map { now.seconds(since: $0) } }
        if let coarse, !(0...Self.longestGap).contains(coarse) { forget() }
        var reading = Reading()
        reading.isFirst = isNew
        if isRestart { cutOff(&reading) }
        let (elapsed, isExact) = isNew ? (0, false) : self.elapsed(to: clients, coarse: coarse ?? 1)
        reading.elapsed = elapsed
        consoles = [:]
        var left = waiters
        waiters = [:]
        /// The longest wait, as last seen, of those that wait on.
        var longestOfPool: [Pool: Double] = [:]
        for client in clients {
            if client.isConsole {
                if consoles.count < Self.limit { consoles[Identity(client)] = client.wait }
                continue
            }
            let old = left.isEmpty ? nil : left.removeValue(forKey: Identity(client))
            guard client.isWaiting else {
                if let old { reading.ended.append(Self.served(old, by: client, elapsed)) }
                continue
            }
            if let old, Self.isSame(old, client, elapsed, isExact) {
                waiters[Identity(client)] = Self.continued(old, client, elapsed)
                let pool = Pool(database: old.database, user: old.user)
                if !old.isLogin { longestOfPool[pool] = max(longestOfPool[pool] ?? 0, old.wait) }
            } else {
                if let old { reading.ended.append(Self.served(old, by: client, elapsed)) }
                begin(client, now: now, elapsed, &reading)
            }
        }
        for waiter in left.values { reading.ended.append(Self.gone(waiter, elapsed, longestOfPool)) }
        lastRead = now
        isNew = false
        return reading
    }

    private mutating func cutOff(_ reading: inout Reading) {
        reading.ended = waiters.values.map { waiter in
            EndedWait(
                database: waiter.database, user: waiter.user, shortest: waiter.wait, longest: waiter.wait,
                end: .notServed)
        }
        (waiters, consoles) = ([:], [:])
    }

    private mutating func forget() {
        (waiters, consoles, isNew) = ([:], [:], true)
    }

    /// What passed since the last read. No age grows by more than that, and that of a query which is under way in both
    /// reads grows by just that.
    private func elapsed(to clients: [PgBouncerClient], coarse: Double) -> (seconds: Double, isExact: Bool) {
        var longest = 0.0
        for client in clients where client.isConsole || client.isWaiting {
            let identity = Identity(client)
            guard let before = client.isConsole ? consoles[identity] : waiters[identity]?.wait else { continue }
            longest = max(longest, client.wait - before)
        }
        if longest > 0, abs(longest - coarse) <= 2 { return (longest, true) }
        return (max(coarse, 1), false)
    }

    private static func isSame(_ old: Waiter, _ client: PgBouncerClient, _ elapsed: Double, _ isExact: Bool) -> Bool {
        if old.isLogin || client.wait == 0 { return old.isLogin && client.wait == 0 }
        return client.wait - old.wait >= (isExact ? elapsed - tolerance : 0)
    }

    private static func continued(_ old: Waiter, _ client: PgBouncerClient, _ elapsed: Double) -> Waiter {
        var waiter = old
        waiter.wait = old.isLogin ? old.wait + elapsed : client.wait
        return waiter
    }

    private mutating func begin(
        _ client: PgBouncerClient, now: PgBouncerTime?, _ elapsed: Double, _ reading: inout Reading
    ) {
        guard waiters.count < Self.limit else { return }
        let isLogin = client.wait == 0
        var wait = client.wait
        if isLogin, let now, let since = client.connectedAt {
            wait = max(0, now.seconds(since: since))
            if !isNew { wait = min(wait, elapsed) }
        }
        waiters[Identity(client)] = Waiter(
            database: client.database, user: client.user, wait: wait, isLogin: isLogin)
        if !isLogin { reading.begun[client.database, default: 0] += 1 }
    }

    /// The client has another query since, or none: its wait ended before that one came in.
    private static func served(_ old: Waiter, by client: PgBouncerClient, _ elapsed: Double) -> EndedWait {
        let isNewQuery = client.wait > 0 && client.wait < old.wait + elapsed - tolerance
        let after = isNewQuery ? max(0, elapsed - client.wait) : elapsed
        return EndedWait(
            database: old.database, user: old.user, shortest: old.wait, longest: old.wait + after, end: .served)
    }

    private static func gone(_ old: Waiter, _ elapsed: Double, _ longestOfPool: [Pool: Double]) -> EndedWait {
        // PgBouncer serves the clients of a pool in the order in which they came.
        let pool = Pool(database: old.database, user: old.user)
        let isOutOfTurn = !old.isLogin && (longestOfPool[pool] ?? 0) > old.wait
        return EndedWait(
            database: old.database, user: old.user, shortest: old.wait, longest: old.wait + elapsed,
            end: isOutOfTurn ? .notServed : .gone)
    }
}
