import Observations

/// The entries of one read of pg_stat_statements, for the next one to be compared with.
struct StatementBaseline: Sendable {
    private struct Entry: Hashable {
        let user: UInt32
        let database: UInt32
        let query: Int64

        init(_ row: StatementCounters) {
            (user, database, query) = (row.userID, row.databaseID, row.queryID)
        }
    }

    let at: ServerTime
    /// The ids that the server knows.
    private(set) var queries: Set<Int64> = []
    private(set) var databases: Set<String> = []
    private let startedAt: ServerTime?
    private let rows: [StatementCounters]
    private var entries: [Entry: StatementTotals] = [:]

    /// How many entries there were.
    var count: Int { rows.count }

    /// Nil when the read cannot be compared: it is not complete, or it comes from another start of the server (or from
    /// another server, after a failover) than the one before.
    init?(_ statistics: StatementStatistics, after earlier: StatementBaseline?, at now: ServerTime) {
        guard statistics.isComplete else { return nil }
        if let before = earlier?.startedAt, let start = statistics.startedAt, before != start { return nil }
        at = now
        startedAt = statistics.startedAt ?? earlier?.startedAt
        rows = statistics.rows
        entries.reserveCapacity(rows.count)
        for row in rows {
            entries[Entry(row)] = StatementTotals(row)
            queries.insert(row.queryID)
            databases.insert(row.database)
        }
    }

    /// What was counted between the two reads. An entry that was not there has been made since: all of it counts.
    func calls(since earlier: StatementBaseline) -> CallLedger {
        var ledger = CallLedger()
        for row in rows {
            let entry = Entry(row)
            guard let totals = entries[entry], let batch = CallBatch(totals, since: earlier.entries[entry])
            else { continue }
            ledger.add(batch, row.database, row.queryID)
        }
        return ledger
    }
}
