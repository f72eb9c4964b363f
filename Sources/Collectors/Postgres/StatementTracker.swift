import Observations

/// Follows the statements of client backends from sample to sample and reports each once, when it has ended.
///
/// A backend that is idle shows its last statement: `query_start` is the start, `state_change` the end. So one look
/// yields an exact duration, also of a statement that began and ended between two samples. Where newer work has
/// overwritten the end, or the backend is gone, the duration lies between the last age seen and what the next sample
/// bounds. The midpoint is taken, but at most twice the age: what is met at a random moment has on average as much
/// before it as behind it, and without that bound a statement of a millisecond, caught once, would count as half an
/// interval. Either is marked as estimated.
///
/// A statement that lasts at least one interval is seen at least once; shorter ones only when they are the last of
/// their backend at a sample. Memory: one entry per backend of the last sample.
package struct StatementTracker: Sendable {
    private struct Backend: Hashable {
        let pid: Int32
        let start: ServerTime
    }

    private struct Statement {
        let start: ServerTime
        let database: String
        /// The last time it was seen running; nil once it has been reported, or when it ended before our time.
        var lastSeenRunning: ServerTime?
    }

    private var statements: [Backend: Statement] = [:]
    private var hasBaseline = false
    private var wasInterrupted = false

    package init() {}

    /// Says that samples were missed: what ended meanwhile is known only by its last age.
    package mutating func interrupt() {
        wasInterrupted = true
    }

    /// Takes in a sample and returns what has ended since the one before.
    package mutating func observe(_ sample: ActivitySample) -> [FinishedStatement] {
        var finished: [FinishedStatement] = []
        var present: [Backend: Statement] = [:]
        present.reserveCapacity(statements.count)
        for row in sample.rows where row.isClientBackend && !row.isSelf {
            guard let backendStart = row.backendStart, let queryStart = row.queryStart else { continue }
            let backend = Backend(pid: row.pid, start: backendStart)
            let known = statements.removeValue(forKey: backend)
            present[backend] = follow(row, since: queryStart, known, at: sample.sampledAt, &finished)
        }
        // Whatever is left has no row any more: the session is gone.
        for statement in statements.values { abandon(statement, before: sample.sampledAt, &finished) }
        statements = present
        hasBaseline = true
        wasInterrupted = false
        return finished
    }

    private func follow(
        _ row: ActivityRow, since queryStart: ServerTime, _ known: Statement?, at now: ServerTime,
        _ finished: inout [FinishedStatement]
    ) -> Statement {
        var statement: Statement
        var isNew = true
        if let known, known.start == queryStart {
            statement = known
            isNew = false
        } else {
            if let known { abandon(known, before: queryStart, &finished) }
            statement = Statement(start: queryStart, database: row.database ?? "")
        }
        if row.state?.isRunning == true {
            // A reported statement stays reported, whatever a row of the same start says later.
            if isNew || statement.lastSeenRunning != nil { statement.lastSeenRunning = now }
        } else if row.state?.showsLastStatement == true, let end = row.stateChange {
            // At the first look, what has ended already belongs to a time before ours.
            let isOurs = statement.lastSeenRunning != nil || (isNew && hasBaseline)
            if isOurs {
                finished.append(
                    FinishedStatement(
                        database: statement.database, seconds: end.seconds(since: queryStart), end: .exact))
            }
            statement.lastSeenRunning = nil
        }
        return statement
    }

    /// Reports a statement whose end was not seen; it ended before `bound`.
    private func abandon(_ statement: Statement, before bound: ServerTime, _ finished: inout [FinishedStatement]) {
        guard let lastSeen = statement.lastSeenRunning else { return }
        let shortest = lastSeen.seconds(since: statement.start)
        let longest = wasInterrupted ? shortest : max(shortest, bound.seconds(since: statement.start))
        let seconds = min((shortest + longest) / 2, 2 * shortest)
        finished.append(FinishedStatement(database: statement.database, seconds: seconds, end: .estimated))
    }
}
