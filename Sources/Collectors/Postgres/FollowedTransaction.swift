import Observations

/// The open transaction of a backend.
///
/// Its end is exact only where the server proves it: the row shows that the statement last seen running in it has
/// ended, that no other followed, and that no transaction is open any more. That is so for a transaction of one statement
/// or one message, for a slow COMMIT, and for a statement that failed (the server ends the transaction then, although
/// the block stays open until ROLLBACK). A later statement in the row is most likely the COMMIT, but a second
/// transaction may have run in between: `state_change`, estimated. Anything else is estimated as in `SampleTimes`.
///
/// A transaction that began inside a statement is one of a procedure that commits; another may follow within the same
/// statement, so its end is never exact. What no row can show: that a procedure committed and ended, both since the
/// last sample. There the exact end is off by less than an interval.
struct FollowedTransaction {
    /// `xact_start`.
    let start: ServerTime
    /// `query_start` of the statement that the last sample saw running in it; nil while it was idle.
    private let statement: ServerTime?

    /// The transaction that the row shows as open, if any.
    init?(_ row: ActivityRow) {
        guard let start = row.transactionStart else { return nil }
        self.start = start
        statement = row.state == .active ? row.queryStart : nil
    }

    /// The duration, given the row in which it is no longer open.
    func finished(in row: ActivityRow, _ times: SampleTimes) -> (seconds: Double, end: EpisodeEnd) {
        if let next = row.transactionStart { return (times.midpoint(since: start, before: next), .estimated) }
        guard row.state?.showsLastStatement == true, let end = row.stateChange else { return vanished(times) }
        if let statement, row.queryStart == statement, start <= statement {
            return (end.seconds(since: start), .exact)
        }
        return (times.upTo(end, since: start), .estimated)
    }

    /// The duration, if nothing shows when it ended.
    func vanished(_ times: SampleTimes) -> (seconds: Double, end: EpisodeEnd) {
        (times.midpoint(since: start, before: times.now), .estimated)
    }
}
