/// The client sessions of a server over the watch, grouped by who they are. Poolscope's own are not in it.
package struct SessionSurvey: Sendable, Equatable {
    /// The largest first; at most `SessionLedger.groupLimit`.
    package var groups: [SessionGroup]
    /// Sessions of groups that did not fit in.
    package var omittedSessions: Int
    /// Sessions whose state privileges hide from us.
    package var hiddenSessions: Int
    /// How many samples it is made of.
    package var samples: Int
    /// From the first sample to the last, by the server's clock.
    package var seconds: Double

    package init(
        groups: [SessionGroup], omittedSessions: Int = 0, hiddenSessions: Int = 0, samples: Int = 1, seconds: Double = 0
    ) {
        self.groups = groups
        self.omittedSessions = omittedSessions
        self.hiddenSessions = hiddenSessions
        self.samples = samples
        self.seconds = seconds
    }

    /// Sessions in the last sample.
    package var current: Int { groups.reduce(omittedSessions) { $0 + $1.current } }

    /// The sum of one number over all groups; of those that did not fit in, nothing is known.
    package func count(_ number: KeyPath<SessionGroup, Int>) -> Int { groups.reduce(0) { $0 + $1[keyPath: number] } }
}

/// Who a session is.
package struct SessionOwner: Sendable, Hashable {
    package var database: String
    package var user: String
    package var application: String
    /// Nil for a unix socket.
    package var address: String?

    package init(database: String, user: String, application: String, address: String? = nil) {
        self.database = database
        self.user = user
        self.application = application
        self.address = address
    }
}

/// Sessions of one owner over the watch.
package struct SessionGroup: Sendable, Equatable {
    package var owner: SessionOwner
    /// In the last sample, by what they do.
    package var current = 0
    package var active = 0
    package var idle = 0
    package var idleInTransaction = 0
    /// Of the current ones, those known to be a pooler's connections: PgBouncer named their process, or they bear a
    /// pooler's name.
    package var pooled = 0
    /// The most in one sample.
    package var peak = 0
    /// Began during the watch, by their own backend_start.
    package var opened = 0
    /// Were there in one sample and gone in the next.
    package var closed = 0
    /// How long those that closed had lived at least, in seconds, summed.
    package var closedSeconds = 0.0
    /// The most seconds that one was seen idle in a transaction, or idle; in a transaction; in a statement.
    package var longestIdleInTransaction = 0.0
    package var longestIdle = 0.0
    package var longestTransaction = 0.0
    package var longestStatement = 0.0
    /// The age of the oldest current session.
    package var oldestSession = 0.0

    package init(owner: SessionOwner) {
        self.owner = owner
    }

    /// Whether all current sessions are a pooler's.
    package var isPooled: Bool { current > 0 && pooled == current }
    /// Current sessions that come from clients themselves.
    package var direct: Int { current - pooled }
    /// How long those that closed had lived on average; nil when none closed.
    package var meanLifetime: Double? { closed > 0 ? closedSeconds / Double(closed) : nil }
}
