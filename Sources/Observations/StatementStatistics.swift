/// One read of pg_stat_statements, without any text.
package struct StatementStatistics: Sendable, Equatable {
    /// When the server was started: counters of two starts are not compared. Nil in a read without rows.
    package var startedAt: ServerTime?
    package var rows: [StatementCounters]
    /// False when rows were left out or hidden: what is missing would look like statements forgotten by the server.
    package var isComplete: Bool

    package init(startedAt: ServerTime?, rows: [StatementCounters], isComplete: Bool = true) {
        self.startedAt = startedAt
        self.rows = rows
        self.isComplete = isComplete
    }
}

/// What the server has counted of one statement, as one role ran it in one database.
package struct StatementCounters: Sendable, Equatable {
    /// The role's OID.
    package var userID: UInt32
    /// The database's OID.
    package var databaseID: UInt32
    package var database: String
    package var queryID: Int64
    package var calls: Int64
    /// Total execution time.
    package var seconds: Double
    /// Standard deviation of the calls' execution times, in seconds (of the population, as the server computes it).
    package var deviation: Double
    /// When the server made the entry (extension 1.11+).
    package var since: ServerTime?

    package init(
        userID: UInt32, databaseID: UInt32, database: String, queryID: Int64, calls: Int64, seconds: Double,
        deviation: Double, since: ServerTime? = nil
    ) {
        self.userID = userID
        self.databaseID = databaseID
        self.database = database
        self.queryID = queryID
        self.calls = calls
        self.seconds = seconds
        self.deviation = deviation
        self.since = since
    }
}
