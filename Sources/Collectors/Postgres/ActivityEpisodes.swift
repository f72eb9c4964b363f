import Observations

/// What a session does that has a beginning and an end.
package enum EpisodeKind: String, Sendable, CaseIterable {
    case statement, transaction, session
    case idleInTransaction = "idle_in_transaction"
}

/// Who a session belongs to, as its last row said.
package struct SessionOwner: Sendable, Hashable {
    package var database: String
    package var user: String
    package var application: String

    package init(database: String, user: String, application: String) {
        self.database = database
        self.user = user
        self.application = application
    }

    init(_ row: ActivityRow) {
        self.init(database: row.database ?? "", user: row.user ?? "", application: row.applicationName)
    }
}

/// A transaction, an idle-in-transaction episode or a session that has ended.
package struct FinishedEpisode: Sendable, Equatable {
    package var owner: SessionOwner
    package var seconds: Double
    package var end: EpisodeEnd

    package init(owner: SessionOwner, seconds: Double, end: EpisodeEnd) {
        self.owner = owner
        self.seconds = seconds
        self.end = end
    }
}

/// What one sample told the activity tracker: everything that has ended since the sample before, each once.
package struct ActivityEpisodes: Sendable, Equatable {
    package var statements: [FinishedStatement] = []
    package var transactions: [FinishedEpisode] = []
    package var idleInTransaction: [FinishedEpisode] = []
    /// Sessions that have closed, with their lifetimes.
    package var sessions: [FinishedEpisode] = []
    /// Sessions that began after the first sample, one entry each.
    package var opened: [SessionOwner] = []
    /// Statements that passed the threshold of slowness, one entry each.
    package var slow: [SessionOwner] = []
    /// Owners of sessions that are new, or whose application name is. May hold one owner several times.
    package var newOwners: [SessionOwner] = []

    package init() {}
}
