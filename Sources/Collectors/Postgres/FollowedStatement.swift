import Observations

/// The latest statement of a backend.
///
/// A backend that is idle shows its last statement: `query_start` is the start, `state_change` the end. So one look
/// yields an exact duration, also of a statement that began and ended between two samples. Where newer work has
/// overwritten the end, or the backend is gone, it is estimated (see `SampleTimes`).
///
/// A fast-path function call (large objects) has no start of its own in the row: it ends the statement before it and
/// is none. In the extended protocol `query_start` moves at Parse, Bind and Execute: planning that is long enough to be
/// seen is a statement of its own.
struct FollowedStatement {
    private enum Phase {
        /// Not seen running yet.
        case unseen
        case running
        /// Reported, or over before our time.
        case done
    }

    /// `query_start`.
    let start: ServerTime
    private var queryID: Int64?
    private var phase: Phase
    private var isSlow = false
    /// What the pooler's client calls itself that has run it, as far as it was seen.
    private var client = ""

    /// - Parameter isOurs: false for what may have ended before our time.
    init(start: ServerTime, isOurs: Bool) {
        self.start = start
        phase = isOurs ? .unseen : .done
    }

    /// Takes in a row of the same start.
    /// - Parameter link: the pooler's client that the backend serves, while it is active.
    mutating func follow(
        _ row: ActivityRow, _ link: PoolerLink?, _ owner: SessionOwner, _ times: SampleTimes, _ slowAfter: Double,
        _ episodes: inout ActivityEpisodes
    ) {
        queryID = row.queryID ?? queryID
        if row.state == .active {
            if let link { client = link.clientApplication }
            run(owner, times, slowAfter, &episodes)
        } else if row.state?.showsLastStatement == true, let end = row.stateChange {
            if phase != .done { finish(owner, end.seconds(since: start), .exact, slowAfter, &episodes) }
        } else {
            abandon(before: row.stateChange ?? times.now, owner, times, slowAfter, &episodes)
        }
    }

    private mutating func run(
        _ owner: SessionOwner, _ times: SampleTimes, _ slowAfter: Double, _ episodes: inout ActivityEpisodes
    ) {
        phase = .running
        let age = times.now.seconds(since: start)
        reportIfSlow(owner, age, slowAfter, &episodes)
    }

    /// Reports it, if it was running at the last sample, although its end was not seen; it ended before `bound`.
    mutating func abandon(
        before bound: ServerTime, _ owner: SessionOwner, _ times: SampleTimes, _ slowAfter: Double,
        _ episodes: inout ActivityEpisodes
    ) {
        if phase == .running {
            finish(owner, times.midpoint(since: start, before: bound), .estimated, slowAfter, &episodes)
        }
        phase = .done
    }

    private mutating func finish(
        _ owner: SessionOwner, _ seconds: Double, _ end: EpisodeEnd, _ slowAfter: Double,
        _ episodes: inout ActivityEpisodes
    ) {
        phase = .done
        episodes.statements.append(
            FinishedStatement(
                database: owner.database, user: owner.user, application: owner.application, queryID: queryID,
                seconds: seconds, end: end,
                slowClient: isSlow || seconds >= slowAfter ? client.isEmpty ? owner.application : client : nil))
        reportIfSlow(owner, seconds, slowAfter, &episodes)
    }

    private mutating func reportIfSlow(
        _ owner: SessionOwner, _ seconds: Double, _ slowAfter: Double, _ episodes: inout ActivityEpisodes
    ) {
        guard !isSlow, seconds >= slowAfter else { return }
        isSlow = true
        episodes.slow.append(owner)
    }
}
