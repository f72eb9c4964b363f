import Observations

/// How the end of an episode is known.
package enum EpisodeEnd: String, Sendable, CaseIterable {
    /// The server showed it.
    case exact
    /// It lies between two samples, see `SampleTimes`.
    case estimated
}

/// A statement that has ended.
package struct FinishedStatement: Sendable, Equatable {
    package var database: String
    package var user = ""
    package var application = ""
    /// As in pg_stat_statements; nil before PostgreSQL 14 and where ids are not computed.
    package var queryID: Int64?
    package var seconds: Double
    package var end: EpisodeEnd
    /// Of a slow statement, what its client calls itself: the pooler's client where one is known, else the session.
    package var slowClient: String?

    package init(
        database: String, user: String = "", application: String = "", queryID: Int64? = nil, seconds: Double,
        end: EpisodeEnd, slowClient: String? = nil
    ) {
        self.database = database
        self.user = user
        self.application = application
        self.queryID = queryID
        self.seconds = seconds
        self.end = end
        self.slowClient = slowClient
    }
}
