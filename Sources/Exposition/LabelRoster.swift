/// A roster of label sets that have no values here: who has a place and who has none.
///
/// Not generic, as `SeriesRoster` is: what another module does a thousand times a tick is compiled for it here.
package struct LabelRoster: Sendable {
    private var roster: SeriesRoster<Void>

    /// - Precondition: the limit is positive, the retention not negative.
    package init(limit: Int, retention: Double) {
        roster = SeriesRoster(limit: limit, retention: retention)
    }

    package var limit: Int { roster.limit }
    package var othersLimit: Int { roster.othersLimit }

    package func contains(_ labels: Labels) -> Bool { roster[labels] != nil }

    /// Says that a label set is there; false for one that is no member.
    package mutating func see(_ labels: Labels) -> Bool { roster.see(labels) }

    /// Ends a tick: the largest newcomers take what places there are.
    package mutating func endTick(admitting newcomers: [Labels: Double], at time: Double?) {
        roster.endTick(admitting: newcomers, as: (), at: time)
    }
}
