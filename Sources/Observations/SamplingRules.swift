/// What the configuration says of how samples become metrics.
package struct SamplingRules: Sendable, Equatable {
    /// From when on a statement is slow.
    package var slow = SlowThresholds()
    /// Idle for this many seconds, a connection may be a leak.
    package var leakSeconds = 300.0
    /// The most series of one family whose labels clients choose; the rest is summed as “other”.
    package var seriesLimit = 200
    /// The share of one core of the target that sampling may take; 0 is no budget.
    package var serverBudget = 0.01
    /// What becomes of labels that clients choose.
    package var labels = LabelRules()

    package init() {}
}

/// From how many seconds on a statement is slow, by who runs it and where.
package struct SlowThresholds: Sendable, Equatable {
    /// A threshold for some; nil matches every database, or every role.
    package struct Override: Sendable, Equatable {
        package var database: String?
        package var user: String?
        package var seconds: Double

        package init(database: String? = nil, user: String? = nil, seconds: Double) {
            self.database = database
            self.user = user
            self.seconds = seconds
        }
    }

    package var seconds = 5.0
    /// The first that matches counts.
    package var overrides: [Override] = []

    package init() {}

    /// The threshold of a statement of this role in this database.
    package func seconds(database: String, user: String) -> Double {
        overrides.first { ($0.database ?? database) == database && ($0.user ?? user) == user }?.seconds ?? seconds
    }
}
