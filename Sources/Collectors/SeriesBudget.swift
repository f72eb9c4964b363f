import Exposition

/// Keeps a gauge family whose labels are chosen by clients within a number of series.
///
/// Membership is a `SeriesRoster`'s: series do not come and go as counts change, free places go to the largest
/// newcomers, and the rest is summed under the labels that `other` gives. Who is a member and not there for a moment has
/// no series, but keeps its place for the retention, so that what flickers does not make ever new series.
package struct SeriesBudget: Sendable {
    /// How often a label set was folded, one count per label set and tick.
    package private(set) var folded: Double = 0
    /// Whether the last tick folded any: else every label set was published as it is.
    package private(set) var isFolding = false
    private var roster: LabelRoster
    /// The labels under which the rest was summed so far.
    private var others: Set<Labels> = []

    /// - Parameter retention: how many seconds a label set keeps its place without being there. Much less than that of
    ///   a counter: a place that is kept for nobody is one that somebody who is there goes without.
    /// - Precondition: the limit is positive.
    package init(limit: Int, retention: Double = 60) {
        roster = LabelRoster(limit: limit, retention: retention)
    }

    package var limit: Int { roster.limit }

    /// The series to publish.
    /// - Parameter time: seconds by any clock, for instance the sample's; without one, a tick counts as a second.
    package mutating func fold(
        _ counts: [Labels: Double], at time: Double? = nil, other: (Labels) -> Labels
    ) -> [Labels: Double] {
        var newcomers: [Labels: Double] = [:]
        for (labels, count) in counts where !roster.see(labels) { newcomers[labels] = count }
        roster.endTick(admitting: newcomers, at: time)
        isFolding = false
        if newcomers.isEmpty { return counts }
        var published: [Labels: Double] = [:]
        for (labels, count) in counts {
            let isMember = roster.contains(labels)
            published[isMember ? labels : place(ofOther: other(labels)), default: 0] += count
            if isMember { continue }
            isFolding = true
            folded += 1
        }
        return published
    }

    /// Under which labels the last tick published a label set.
    package func place(of labels: Labels, other: (Labels) -> Labels) -> Labels {
        if roster.contains(labels) { return labels }
        let other = other(labels)
        return others.contains(other) ? other : other.folded
    }

    private mutating func place(ofOther labels: Labels) -> Labels {
        guard others.contains(labels) || others.count < roster.othersLimit else { return labels.folded }
        others.insert(labels)
        return labels
    }
}

/// What the budgets folded, by family.
package enum FoldedSeries {
    package static let descriptor = FamilyDescriptor(
        "poolscope_series_folded_total", .counter, labels: ["family"],
        help: "Label sets that the series budget of a family folded into “other”, counted each time they were met.")
}
