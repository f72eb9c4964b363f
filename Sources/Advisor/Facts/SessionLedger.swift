import Observations

/// Follows the client sessions of a server from sample to sample, and says what became of them.
///
/// Memory: the sessions of one sample, and so many groups.
package struct SessionLedger: Sendable {
    package static let groupLimit = 500
    /// What every Poolscope calls itself: an agent that watches the same server bounds its own sessions.
    private static let ownName = "poolscope"

    private struct Identity: Hashable {
        let pid: Int32
        let start: ServerTime
    }

    private var groups: [SessionOwner: SessionGroup] = [:]
    private var alive: [Identity: SessionOwner] = [:]
    private var firstSample: ServerTime?
    private var lastSample: ServerTime?
    private var samples = 0
    private var hidden = 0
    private var omitted = 0

    package init() {}

    /// Takes in a sample.
    /// - Parameter poolers: the connections of the poolers in front of the server.
    package mutating func observe(_ sample: ActivitySample, poolers: PoolerConnections = .none) {
        let first = firstSample ?? sample.sampledAt
        firstSample = first
        samples += 1
        (hidden, omitted) = (0, 0)
        for owner in groups.keys { groups[owner]?.forgetCurrent() }
        var now: [Identity: SessionOwner] = [:]
        for row in sample.rows where row.isClientBackend && !row.isSelf && row.applicationName != Self.ownName {
            let owner = SessionOwner(row)
            guard groups[owner] != nil || groups.count < Self.groupLimit else {
                omitted += 1
                continue
            }
            if row.isHidden { hidden += 1 }
            groups[owner, default: SessionGroup(owner: owner)].add(
                row, at: sample.sampledAt, isPooled: poolers.contains(row))
            guard let start = row.backendStart else { continue }
            let identity = Identity(pid: row.pid, start: start)
            now[identity] = owner
            // Those that were there before the first sample did not begin during the watch.
            if alive[identity] == nil, samples > 1, start > first { groups[owner]?.opened += 1 }
        }
        for (identity, owner) in alive where now[identity] == nil {
            groups[owner]?.closed += 1
            groups[owner]?.closedSeconds += lastSample?.seconds(since: identity.start) ?? 0
        }
        for owner in groups.keys { groups[owner]?.rememberPeak() }
        alive = now
        lastSample = sample.sampledAt
    }

    /// What is known so far; nil before the first sample.
    package var survey: SessionSurvey? {
        guard let firstSample, let lastSample else { return nil }
        let sorted = groups.values.sorted { ($1.peak, $0.owner.sortKey) < ($0.peak, $1.owner.sortKey) }
        return SessionSurvey(
            groups: sorted, omittedSessions: omitted, hiddenSessions: hidden, samples: samples,
            seconds: lastSample.seconds(since: firstSample))
    }

    /// Begins a new watch with the sessions of the last sample.
    package mutating func turn() {
        let kept = groups.filter { $0.value.current > 0 }.mapValues { group in
            var next = SessionGroup(owner: group.owner)
            next.takeCurrent(of: group)
            return next
        }
        (groups, firstSample, samples) = (kept, lastSample, lastSample == nil ? 0 : 1)
    }
}

extension SessionOwner {
    fileprivate init(_ row: ActivityRow) {
        self.init(
            database: row.serverDatabase ?? "", user: row.serverUser ?? "", application: row.applicationName,
            address: row.clientAddress)
    }

    /// So that groups of one size have one order.
    fileprivate var sortKey: String { "\(database)\u{0}\(user)\u{0}\(application)\u{0}\(address ?? "")" }
}

extension SessionGroup {
    fileprivate mutating func forgetCurrent() {
        (current, active, idle, idleInTransaction, pooled, oldestSession) = (0, 0, 0, 0, 0, 0)
    }

    fileprivate mutating func takeCurrent(of group: SessionGroup) {
        (current, active, idle) = (group.current, group.active, group.idle)
        (idleInTransaction, pooled, oldestSession) = (group.idleInTransaction, group.pooled, group.oldestSession)
        peak = current
    }

    fileprivate mutating func rememberPeak() { peak = max(peak, current) }

    fileprivate mutating func add(_ row: ActivityRow, at now: ServerTime, isPooled: Bool) {
        func age(_ since: ServerTime?) -> Double { since.map { now.seconds(since: $0) } ?? 0 }
        current += 1
        if isPooled { pooled += 1 }
        oldestSession = max(oldestSession, age(row.backendStart))
        longestTransaction = max(longestTransaction, age(row.transactionStart))
        guard let state = row.state else { return }
        if state.isRunning {
            active += 1
            longestStatement = max(longestStatement, age(row.queryStart))
        } else if state == .idle {
            idle += 1
            longestIdle = max(longestIdle, age(row.stateChange))
        } else if state.isIdleInTransaction {
            idleInTransaction += 1
            longestIdleInTransaction = max(longestIdleInTransaction, age(row.stateChange))
        }
    }
}
