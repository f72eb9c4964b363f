import Observations

/// Statements that the server counted and nobody saw: so many, of so long each.
package struct ReconciledStatements: Sendable, Equatable {
    package var database: String
    package var seconds: Double
    package var times: UInt64

    package init(database: String, seconds: Double, times: UInt64) {
        self.database = database
        self.seconds = seconds
        self.times = times
    }
}

/// Completes the statements that were followed through pg_stat_activity with those that pg_stat_statements counted,
/// so that in the long run count and sum of the durations are the server's own, and the slow tail is exact.
///
/// Each observed statement is looked for among the calls that the server counted meanwhile; what nobody saw is added
/// at the mean of its statement. Whatever the server had counted at one read has, by the next, been observed or
/// never will be, for a sample of the activity lies between the two. So the rest of a read is added at the next read,
/// and a statement that ends between a tick's two reads is not counted twice.
///
/// What does not fit:
/// - An observed statement that the server has not counted waits for it for some reads, then it stands on top of the
///   server's count: it failed or was cancelled, or is not tracked there. A short one can also pass for a call of the
///   same statement that nobody saw: then the count is the server's.
/// - Observed times include parsing, planning, commit and sending, the server's do not, and estimated ends are off by
///   up to half an interval. The difference is kept per database and spread over what is added, up to a quarter of it
///   at a time, until the sums agree.
/// - Statements without an id (before PostgreSQL 14), and those whose id the server does not know (EXECUTE) or which
///   are strings of several statements, are looked for among all calls of their database.
///
/// Memory: the entries of the last read, at most `mostOpen` observed statements, and one number per database.
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
    /// The share by which what is added at a read may be stretched or shrunk to settle the difference of the sums.
    static let settlement = 0.25
    /// Differences beyond this (seconds) are none that could ever be settled.
    static let mostDifference = 600.0

    private var baseline: StatementBaseline?
    private var lastTick: ServerTime?
    /// The longest time between two ticks since the last read.
    private var longestInterval = 0.0
    /// The shortest time between two ticks ever: about the configured interval.
    private var shortestInterval = Double.infinity
    /// Observed statements not yet found among the server's calls.
    private var open: [ObservedStatement] = []
    private var calls = UnclaimedCalls()
    /// Seconds that the server has more than was observed and added, by database.
    private var difference: [String: Double] = [:]

    package init() {}

    /// Whether observations are completed by the server's counts now; else they are samples alone.
    package var isReconciling: Bool { baseline != nil }

    /// Seconds that the server has more than was observed and added until now, in this database.
    func unsettled(_ database: String) -> Double { difference[database] ?? 0 }

    /// Observed statements that still look for their call.
    var openCount: Int { open.count }

    /// Takes in a tick at which the activity was read, and then perhaps the statistics. Ticks that were missed need no
    /// word: the server's counts include them.
    ///
    /// - Parameters:
    ///   - finished: What ended since the last tick; the caller observes it himself.
    ///   - statistics: The read of this tick; nil when there was none.
    ///   - now: The time of the tick's activity sample.
    /// - Returns: What to observe beside it. Never negative, never NaN.
    package mutating func observe(
        finished: [FinishedStatement], statistics: StatementStatistics?, at now: ServerTime
    ) -> [ReconciledStatements] {
        let interval = lastTick.map { now.seconds(since: $0) } ?? 0
        longestInterval = max(longestInterval, interval)
        if interval > 0 { shortestInterval = min(shortestInterval, interval) }
        lastTick = now
        if let baseline, now.seconds(since: baseline.at) <= longestGap(after: baseline) {
            open += finished.map { ObservedStatement($0, interval: interval) }
            if open.count > Self.mostOpen { open.removeFirst(open.count - Self.mostOpen) }
            guard let statistics else { return [] }
            if let next = StatementBaseline(statistics, after: baseline, at: now) {
                self.baseline = next
                calls.begin(next.calls(since: baseline))
                return settle(with: next)
            }
        }
        let last = calls.takeAll().flatMap { add($0) }
        (baseline, open, difference, longestInterval) = (nil, [], [:], 0)
        baseline = statistics.flatMap { StatementBaseline($0, after: nil, at: now) }
        return last
    }

    private func longestGap(after read: StatementBaseline) -> Double {
        guard shortestInterval.isFinite else { return Self.longestGap }
        let ticks = StatementStatisticsSource.cadence.stretch(rows: read.count)
        return max(Self.longestGap, 4 * shortestInterval * Double(ticks))
    }

    private mutating func settle(with read: StatementBaseline) -> [ReconciledStatements] {
        open.sort()
        claim { $0.isExact ? $1.claim(for: $0, isClose: true) : nil }
        claim { $1.claim(for: $0, isClose: false) }
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
        forgive(at: read.at)
        let added = calls.end(interval: longestInterval).flatMap { add($0) }
        longestInterval = 0
        difference = difference.filter { read.databases.contains($0.key) }
        return added
    }

    /// Lets every open statement look for its call; `body` returns the server's time of the one found.
    private mutating func claim(_ body: (ObservedStatement, inout UnclaimedCalls) -> Double?) {
        open.removeAll { statement in
            guard let time = body(statement, &calls) else { return false }
            difference[statement.database, default: 0] += time - statement.seconds
            return true
        }
    }

    /// Stops looking for those that the server will not count any more.
    private mutating func forgive(at now: ServerTime) {
        for index in open.indices {
            open[index].reads += 1
            open[index].missedSince = open[index].missedSince ?? now
        }
        open.removeAll { statement in
            statement.reads > Self.furtherReads
                && now.seconds(since: statement.missedSince ?? now) >= Self.patience
        }
    }

    /// Adds what nobody saw at the means of its statements, and settles the difference of the sums with it.
    private mutating func add(_ ledger: CallLedger) -> [ReconciledStatements] {
        var added: [ReconciledStatements] = []
        for database in ledger.databases {
            let batches = ledger.ordered(database).map(\.batch)
            let total = batches.reduce(0) { $0 + $1.seconds }
            let most = Self.settlement * total
            let open = difference[database] ?? 0
            let change = min(max(open, -most), most)
            difference[database] = min(max(open - change, -Self.mostDifference), Self.mostDifference)
            let factor = total > 0 ? 1 + change / total : 1
            added += batches.map {
                ReconciledStatements(database: database, seconds: $0.mean * factor, times: $0.calls)
            }
        }
        return added
    }
}
