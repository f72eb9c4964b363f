import Observations

/// The time that a backend idles in a transaction, plain or aborted, until its next statement.
///
/// No row proves its end: the next statement's `query_start` most likely is it, but where the row shows a newer
/// statement, one more may have run before that. So every end is estimated.
struct FollowedIdle {
    /// `state_change`: when it went idle.
    let start: ServerTime
    /// `query_start` of the statement before.
    private let statement: ServerTime?

    /// The episode that the row shows, if any.
    init?(_ row: ActivityRow) {
        guard row.state?.isIdleInTransaction == true, let start = row.stateChange else { return nil }
        self.start = start
        statement = row.queryStart
    }

    /// The duration, given the row in which it is over.
    func finished(in row: ActivityRow, _ times: SampleTimes) -> (seconds: Double, end: EpisodeEnd) {
        if let next = row.queryStart, next != statement { return (times.upTo(next, since: start), .estimated) }
        // The client sent something that is no statement, e.g. a lone Sync.
        return (times.midpoint(since: start, before: row.stateChange ?? times.now), .estimated)
    }

    /// The duration, if the session is gone.
    func vanished(_ times: SampleTimes) -> (seconds: Double, end: EpisodeEnd) {
        (times.midpoint(since: start, before: times.now), .estimated)
    }
}
