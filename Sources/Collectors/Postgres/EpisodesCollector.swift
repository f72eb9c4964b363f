import Exposition
import Observations

/// Durations and counts of statements, transactions, idle-in-transaction episodes and sessions, from one run of the
/// activity tracker per sample. Statements are completed from pg_stat_statements where it is there.
package struct EpisodesCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = EpisodeFamilies.all + [FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [ActivitySource.self, StatementStatisticsSource.self]

    /// Seconds after which the series of sessions that are still there are said to be in use, for the budget: well
    /// within the retention of a series.
    private static let touchEvery = 60.0

    private var tracker: ActivityTracker
    private var reconciler = StatementReconciler()
    private var queries: HistogramVector
    private var transactions: HistogramVector
    private var idle: HistogramVector
    private var sessions: HistogramVector
    private var slow: CounterVector
    private var opened: CounterVector
    private var closed: CounterVector
    private var ends = CounterVector(EpisodeFamilies.episodes)
    private var databases: Set<String> = []
    private var databaseLabels = DatabaseLabels()
    private var touchedAt: ServerTime?

    package init(target: TargetProfile) {
        let limit = target.rules.seriesLimit
        tracker = ActivityTracker(slow: target.rules.slow)
        queries = HistogramVector(EpisodeFamilies.queryDuration, limit: limit)
        transactions = HistogramVector(EpisodeFamilies.transactionDuration, limit: limit)
        idle = HistogramVector(EpisodeFamilies.idleInTransaction, limit: limit)
        sessions = HistogramVector(EpisodeFamilies.sessionDuration, limit: limit)
        slow = CounterVector(EpisodeFamilies.slowQueries, limit: limit)
        opened = CounterVector(EpisodeFamilies.sessionsOpened, limit: limit)
        closed = CounterVector(EpisodeFamilies.sessionsClosed, limit: limit)
        for kind in EpisodeKind.allCases {
            for end in EpisodeEnd.allCases { ends.add(0, Self.labels(kind, end)) }
        }
    }

    package mutating func observe(_ facts: Facts) {
        guard let sample = facts.fresh(ActivitySource.self) else { return }
        databases = Set(sample.groups.lazy.map(\.traits).filter(\.isClientBackend).compactMap(\.database))
        let episodes = tracker.observe(sample, links: facts.poolerLinks)
        touch(episodes.newOwners, at: sample.sampledAt)
        record(episodes.statements, facts.fresh(StatementStatisticsSource.self), at: sample.sampledAt)
        for one in episodes.transactions { transactions.observe(one.seconds, databaseLabels[one.owner.database]) }
        for one in episodes.idleInTransaction { idle.observe(one.seconds, one.owner.labels) }
        for one in episodes.sessions {
            sessions.observe(one.seconds, one.owner.labels)
            closed.add(1, one.owner.labels)
        }
        count(.statement, episodes.statements.lazy.map(\.end))
        count(.transaction, episodes.transactions.lazy.map(\.end))
        count(.idleInTransaction, episodes.idleInTransaction.lazy.map(\.end))
        count(.session, episodes.sessions.lazy.map(\.end))
        for owner in episodes.opened { opened.add(1, owner.labels) }
        for owner in episodes.slow { slow.add(1, owner.labelsWithUser) }
        endTick(at: sample.sampledAt.unixSeconds)
    }

    package mutating func miss(_ state: TargetState) {
        tracker.interrupt()
    }

    /// Makes the series of new sessions exist at 0, so that `rate()` sees their first episode, and now and then says
    /// that those of old sessions are in use.
    private mutating func touch(_ newcomers: [SessionOwner], at now: ServerTime) {
        for database in databases {
            queries.touch(databaseLabels[database])
            transactions.touch(databaseLabels[database])
        }
        var owners = Set(newcomers)
        if touchedAt.map({ now.seconds(since: $0) >= Self.touchEvery }) ?? true {
            owners = tracker.owners
            touchedAt = now
        }
        for owner in owners {
            let labels = owner.labels
            idle.touch(labels)
            sessions.touch(labels)
            opened.touch(labels)
            closed.touch(labels)
            slow.touch(owner.labelsWithUser)
        }
    }

    /// The one place where statements enter the histogram: those that were followed, and those that only the server
    /// counted.
    private mutating func record(
        _ statements: [FinishedStatement], _ statistics: StatementStatistics?, at now: ServerTime
    ) {
        for each in reconciler.observe(finished: statements, statistics: statistics, at: now) {
            let labels = databaseLabels[each.database]
            if let exemplar = Self.exemplar(each) {
                queries.observe(exemplar, labels)
            } else {
                queries.observe(each.seconds, labels, times: each.times)
            }
        }
    }

    /// Slow statements stand behind their buckets by name.
    private static func exemplar(_ one: ReconciledStatements) -> Exemplar? {
        guard let witness = one.witness else { return nil }
        let labels: Labels = ["client_application": witness.client]
        return Exemplar(
            labels: witness.queryID.map { labels.adding("query_id", String($0)) } ?? labels, value: one.seconds,
            timestamp: witness.seenAt.unixSeconds)
    }

    private mutating func count(_ kind: EpisodeKind, _ known: some Sequence<EpisodeEnd>) {
        var counts: [EpisodeEnd: Double] = [:]
        for end in known { counts[end, default: 0] += 1 }
        for (end, count) in counts { ends.add(count, Self.labels(kind, end)) }
    }

    private mutating func endTick(at time: Double) {
        queries.endTick(at: time)
        transactions.endTick(at: time)
        idle.endTick(at: time)
        sessions.endTick(at: time)
        slow.endTick(at: time)
        opened.endTick(at: time)
        closed.endTick(at: time)
        ends.tell(time)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for durations in [queries, transactions, idle, sessions] {
            durations.emit(into: &builder)
            builder.add(FoldedSeries.descriptor, ["family": durations.descriptor.name], durations.folded)
        }
        for counts in [slow, opened, closed] {
            counts.emit(into: &builder)
            builder.add(FoldedSeries.descriptor, ["family": counts.descriptor.name], counts.folded)
        }
        ends.emit(into: &builder)
        let source = reconciler.isReconciling ? "reconciled" : "sampled"
        for labels in queries.labels {
            builder.add(EpisodeFamilies.queryDurationInfo, labels.adding("source", source), 1)
        }
    }

    private static func labels(_ kind: EpisodeKind, _ end: EpisodeEnd) -> Labels {
        ["kind": kind.rawValue, "end": end.rawValue]
    }
}

/// The label of each database, made once.
private struct DatabaseLabels: Sendable {
    private var known: [String: Labels] = [:]

    private static let limit = 2_000

    subscript(database: String) -> Labels {
        mutating get {
            if let labels = known[database] { return labels }
            if known.count >= Self.limit { known = [:] }
            let labels: Labels = ["datname": database]
            known[database] = labels
            return labels
        }
    }
}

extension SessionOwner {
    fileprivate var labels: Labels { ["datname": database, "application_name": application] }
    fileprivate var labelsWithUser: Labels { labels.adding("usename", user) }
}
