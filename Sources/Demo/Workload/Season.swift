/// What the demo's workload is doing just now: each season is a trouble that Poolscope shows, or the lack of one.
package enum Season: String, CaseIterable, Sendable {
    /// Short statements, a pool with room.
    case normal
    /// Statements of 2 to 7 seconds among the short ones.
    case slow
    /// More clients than the pool has server connections: they queue.
    case exhausted
    /// A session that began a transaction and forgot it.
    case idleInTransaction = "idle-in-transaction"

    /// How long it lasts in the cycle.
    package var duration: Duration {
        switch self {
        case .normal: .seconds(12)
        case .slow: .seconds(14)
        case .exhausted: .seconds(16)
        case .idleInTransaction: .seconds(14)
        }
    }
}

/// Which season it is when: a cycle through all of them, or one for ever.
package struct Schedule: Sendable, Equatable {
    /// The season that never ends; nil for the cycle.
    package let pinned: Season?

    package init(pinned: Season? = nil) {
        self.pinned = pinned
    }

    /// A season at some time.
    package struct Entry: Sendable, Equatable {
        package let season: Season
        /// The time left of it; nil when it never ends.
        package let remaining: Duration?

        package init(season: Season, remaining: Duration?) {
            self.season = season
            self.remaining = remaining
        }
    }

    /// The length of one cycle: 56 seconds.
    package static let cycle = Season.allCases.reduce(Duration.zero) { $0 + $1.duration }

    /// The season at a time since the start. A time before the start counts as the start.
    package func entry(at elapsed: Duration) -> Entry {
        if let pinned { return Entry(season: pinned, remaining: nil) }
        let sinceStart = max(elapsed, .zero)
        var time = sinceStart - Self.cycle * Int(sinceStart / Self.cycle)
        for season in Season.allCases {
            if time < season.duration { return Entry(season: season, remaining: season.duration - time) }
            time -= season.duration
        }
        return Entry(season: .normal, remaining: Season.normal.duration)
    }
}
