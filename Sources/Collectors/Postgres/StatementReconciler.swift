import Observations

/// So many statements of so long each, to be observed.
package struct ReconciledStatements: Sendable, Equatable {
    package var database: String
    package var seconds: Double
    package var times: UInt64
    /// Of a slow statement that was observed, who and when it was; then there is one.
    package var witness: StatementWitness?

    package init(database: String, seconds: Double, times: UInt64, witness: StatementWitness? = nil) {
        self.database = database
        self.seconds = seconds
        self.times = times
        self.witness = witness
    }
}

/// What is remembered of a slow statement beside its time.
package struct StatementWitness: Sendable, Equatable {
    package let queryID: Int64?
    /// What its client calls itself: the pooler's client where one is known, else the session.
    package let client: String
    /// The time of the sample that showed its end.
    package let seenAt: ServerTime
}

/// Completes the statements that were followed through pg_stat_activity with those that pg_stat_statements counted,
/// so that count and sum of the durations are the server's own, and the slow tail is exact.
///
/// Each observed statement is held back until its call is found among those that the server counted, and then stands
/// with the server's time; what nobody saw is added at the mean of its statement. Whatever the server had counted at
/// one read has, by the next, been observed or never will be, for a sample of the activity lies between the two. So
/// the calls of a read are given out at the next read, and a statement that ends between a tick's two reads is not
/// counted twice.
///
/// What does not fit:
/// - An observed statement that the server has not counted waits for it for some reads, then it stands with its own
///   time on top of the server's count: it failed or was cancelled, or is not tracked there. A short one can also pass
///   for a call of the same statement that nobody saw: then the count is the server's.
/// - Observed times include parsing, planning, commit and sending, the server's do not, and estimated ends are off by
///   up to half an interval: the server's time counts. Where a batch of calls has room for the observed time, that is
///   taken for it, and what is left over goes to the others.
/// - Statements without an id (before PostgreSQL 14), and those whose id the server does not know (EXECUTE) or which
///   are strings of several statements, are looked for among all calls of their database.
///
/// Memory: the entries of the last read, at most `mostOpen` observed statements, and those that found their calls at
/// the last read.
package struct StatementReconciler: Sendable {
    /// After this long without a read (seconds) the next is a new baseline: nothing is added for the time between.
    /// Longer where the reads themselves are this far apart, by a long interval and many entries.
    static let longestGap = 60.0
    /// A statement that the server has not counted is looked for in so many reads more, and for so many seconds: in
    /// the extended protocol a transaction's last statement is counted only when the next one begins, and meanwhile
    /// the transaction is idle. A failed one that waits in vain does no harm.
    static let furtherReads = 2
    static let patience = 10.0
    static let mostOpen = 20_000

    private var baseline: StatementBaseline?
    private var lastTick: ServerTime?
    /// The longest time between two ticks since the last read.
    private var longestInterval = 0.0
    /// The times between the last few ticks: the shortest is about the present interval, be it configured or stretched.
    private var lastIntervals: [Double] = []
    /// Observed statements not yet found among the server's calls.
    private var open: [ObservedStatement] = []
    private var calls = UnclaimedCalls()
    private var claims = ClaimedCalls()

    package init() {}

    /// Whether observations are completed by the server's counts now; else they are samples alone.
    package var isReconciling: Bool { baseline != nil }

    /// Observed statements that still look for their call.
    var openCount: Int { open.count }

    /// Takes in a tick at which the activity was read, and then perhaps the statistics. Ticks that were missed need no
    /// word: the server's counts include them.
    ///
    /// - Parameters:
    ///   - finished: What ended since the last tick.
    ///   - statistics: The read of this tick; nil when there was none.
    ///   - now: The time of the tick's activity sample.
    /// - Returns: What to observe now; without reconciliation what has finished, else what has found its call, what has
    ///   looked for it long enough, and what nobody saw. Never negative, never NaN.
    package mutating func observe(
        finished: [FinishedStatement], statistics: StatementStatistics?, at now: ServerTime
    ) -> [ReconciledStatements] {
        let interval = lastTick.map { now.seconds(since: $0) } ?? 0
        longestInterval = max(longestInterval, interval)
        if interval > 0 { lastIntervals = (lastIntervals + [interval]).suffix(3) }
        lastTick = now
        open += finished.map { ObservedStatement($0, interval: interval, at: now) }
        if let baseline, now.seconds(since: baseline.at) <= longestGap(after: baseline) {
            guard let statistics else { return giveUpSurplus() }
            if let next = StatementBaseline(statistics, after: baseline, at: now) {
                self.baseline = next
                calls.begin(next.calls(since: baseline))
                return settle(with: next) + giveUpSurplus()
            }
        }
        let last = end()
        baseline = statistics.flatMap { StatementBaseline($0, after: nil, at: now) }
        return last
    }

    /// Ends the comparison: what is open looks for its call a last time, then everything is given out.
    private mutating func end() -> [ReconciledStatements] {
        if let baseline { claimAll(at: baseline) }
        let given = open.map(\.asObserved)
        (open, baseline, longestInterval) = ([], nil, 0)
        return claims.takeAll() + given + calls.takeAll().flatMap(\.remainder)
    }

    /// More statements than can be held back stand with their own times, first those that have looked already.
    private mutating func giveUpSurplus() -> [ReconciledStatements] {
        let surplus = max(0, open.count - Self.mostOpen)
        defer { open.removeFirst(surplus) }
        return open.prefix(surplus).map(\.asObserved)
    }

    private func longestGap(after read: StatementBaseline) -> Double {
        guard let shortestInterval = lastIntervals.min() else { return Self.longestGap }
        let ticks = StatementStatisticsSource.cadence.stretch(rows: read.count)
        return max(Self.longestGap, 4 * shortestInterval * Double(ticks))
    }

    private mutating func settle(with read: StatementBaseline) -> [ReconciledStatements] {
        claimAll(at: read)
        let forgiven = forgive(at: read.at)
        let unseen = calls.end(interval: longestInterval).flatMap(\.remainder)
        longestInterval = 0
        return claims.end() + forgiven + unseen
    }

    /// Lets every open statement look for its call, in the order in which places are given away.
    private mutating func claimAll(at read: StatementBaseline) {
        open.sort()
        claim { $0.isExact ? $1.claim(for: $0, isClose: true) : nil }
        claim { $1.claim(for: $0, isClose: false) }
        let found = claims
        claim { $1.claimShared(for: $0, after: found) }
        claim { $1.claimLate(for: $0) }
        // A failed statement must not pass for another's call: only what the server has no id for, or what is long
        // enough to be a string of several statements, is looked for under other ids.
        var indexes: [String: MeanIndex] = [:]
        for isClose in [true, false] {
            claim { statement, calls in
                let isStray = statement.queryID.map { !read.queries.contains($0) } ?? true
                guard statement.isExact || !isClose, isStray || statement.seconds >= ObservedStatement.overhead
                else { return nil }
                return calls.claimAnywhere(for: statement, olderOnly: !isStray, isClose: isClose, in: &indexes)
            }
        }
    }

    private mutating func claim(_ body: (ObservedStatement, inout UnclaimedCalls) -> UnclaimedCalls.Claim?) {
        open.removeAll { statement in
            guard let claim = body(statement, &calls) else { return false }
            claims.add(statement, claim)
            return true
        }
    }

    /// Stops looking for those that the server will not count any more.
    private mutating func forgive(at now: ServerTime) -> [ReconciledStatements] {
        var forgiven: [ReconciledStatements] = []
        for index in open.indices {
            open[index].reads += 1
            open[index].missedSince = open[index].missedSince ?? now
        }
        open.removeAll { statement in
            guard statement.reads > Self.furtherReads,
                now.seconds(since: statement.missedSince ?? now) >= Self.patience
            else { return false }
            forgiven.append(statement.asObserved)
            return true
        }
        return forgiven
    }
}

extension ObservedStatement {
    /// With its own time: its call was not found.
    fileprivate var asObserved: ReconciledStatements {
        ReconciledStatements(database: database, seconds: seconds, times: 1, witness: witness)
    }
}

extension CallLedger {
    /// What nobody saw, at the means of its statements.
    fileprivate var remainder: [ReconciledStatements] {
        databases.flatMap { database in
            ordered(database).map {
                ReconciledStatements(database: database, seconds: $0.batch.mean, times: $0.batch.calls)
            }
        }
    }
}
