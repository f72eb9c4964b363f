import Observations

/// How many sessions are opened per transaction of a database, over its last readings.
///
/// The server counts the transaction in which a session starts up; that one is not the client's, and is taken off.
package struct SessionChurn: Sendable {
    private struct Reading {
        let sessions: Double
        let transactions: Double
        let reset: ServerTime?
    }

    /// Readings that are looked at: six spans of ten seconds.
    static let readings = 7
    /// With fewer transactions, and fewer sessions, a ratio is chance.
    static let leastEvents = 10.0

    private var readings: [Reading] = []

    package init() {}

    /// Takes in a reading of `pg_stat_database`. Where the version has no session counters (before 14) it stays empty.
    package mutating func observe(_ database: DatabaseStatistics) {
        guard let sessions = database.numbers["sessions"], let commits = database.numbers["xact_commit"],
            let rollbacks = database.numbers["xact_rollback"]
        else {
            readings = []
            return
        }
        let reading = Reading(sessions: sessions, transactions: commits + rollbacks, reset: database.statsReset)
        if let last = readings.last,
            sessions < last.sessions || reading.transactions < last.transactions
                || reading.reset != last.reset
        {
            readings = []
        }
        readings = (readings + [reading]).suffix(Self.readings)
    }

    /// From 0 to 1: at 1 no session ran more than one transaction. Nil when too little happened.
    package var ratio: Double? {
        guard let first = readings.first, let last = readings.last else { return nil }
        let sessions = last.sessions - first.sessions
        let own = last.transactions - first.transactions - sessions
        let most = max(own, sessions)
        return most >= Self.leastEvents ? sessions / most : nil
    }
}
