import Observations

/// One client backend, as the last sample showed it.
struct FollowedBackend {
    /// `backend_start`.
    private let start: ServerTime
    /// From how many seconds on a statement of it is slow.
    private let slowAfter: Double
    private(set) var owner: SessionOwner
    /// The number of the sample that had it last.
    private(set) var sample: Int
    private var statement: FollowedStatement?
    private var transaction: FollowedTransaction?
    private var idle: FollowedIdle?

    /// A backend that no sample showed before. What its row shows as ended is ours only if the session is.
    init(
        _ row: ActivityRow, _ link: PoolerLink?, start: ServerTime, sample: Int, _ times: SampleTimes,
        _ slow: SlowThresholds, _ episodes: inout ActivityEpisodes
    ) {
        self.start = start
        self.sample = sample
        slowAfter = slow.seconds(database: row.serverDatabase ?? "", user: row.serverUser ?? "")
        owner = SessionOwner(row)
        episodes.newOwners.append(owner)
        let isOurs = start > times.first
        if isOurs { episodes.opened.append(owner) }
        transaction = FollowedTransaction(row)
        idle = FollowedIdle(row)
        statement = row.queryStart.map { FollowedStatement(start: $0, isOurs: isOurs || row.state == .active) }
        statement?.follow(row, link, owner, times, slowAfter, &episodes)
    }

    /// Takes in the row of the next sample.
    mutating func follow(
        _ row: ActivityRow, _ link: PoolerLink?, sample: Int, _ times: SampleTimes,
        _ episodes: inout ActivityEpisodes
    ) {
        self.sample = sample
        if let open = transaction, open.start != row.transactionStart {
            episodes.transactions.append(FinishedEpisode(owner, open.finished(in: row, times)))
        }
        transaction = FollowedTransaction(row)
        let nextIdle = FollowedIdle(row)
        if let open = idle, open.start != nextIdle?.start {
            episodes.idleInTransaction.append(FinishedEpisode(owner, open.finished(in: row, times)))
        }
        idle = nextIdle
        if statement?.start != row.queryStart {
            statement?.abandon(before: row.queryStart ?? times.now, owner, times, slowAfter, &episodes)
            statement = row.queryStart.map { FollowedStatement(start: $0, isOurs: true) }
        }
        // Until here all was of the time before; a new application name counts from now on.
        rename(row, &episodes)
        statement?.follow(row, link, owner, times, slowAfter, &episodes)
    }

    private mutating func rename(_ row: ActivityRow, _ episodes: inout ActivityEpisodes) {
        guard
            owner.application != row.applicationName || owner.user != row.user ?? ""
                || owner.database != row.database ?? ""
        else { return }
        owner = SessionOwner(row)
        episodes.newOwners.append(owner)
    }

    /// Reports the end of the session and of all that went on in it.
    mutating func close(_ times: SampleTimes, _ episodes: inout ActivityEpisodes) {
        statement?.abandon(before: times.now, owner, times, slowAfter, &episodes)
        if let transaction {
            episodes.transactions.append(FinishedEpisode(owner, transaction.vanished(times)))
        }
        if let idle { episodes.idleInTransaction.append(FinishedEpisode(owner, idle.vanished(times))) }
        let lifetime = times.midpoint(since: start, before: times.now)
        episodes.sessions.append(FinishedEpisode(owner: owner, seconds: lifetime, end: .estimated))
    }
}

extension FinishedEpisode {
    fileprivate init(_ owner: SessionOwner, _ known: (seconds: Double, end: EpisodeEnd)) {
        self.init(owner: owner, seconds: known.seconds, end: known.end)
    }
}
