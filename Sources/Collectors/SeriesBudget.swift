import Exposition

/// Keeps a gauge family whose labels are chosen by clients within a number of series.
///
/// Members stay members while they are there, so that series do not come and go as counts change; free places go
/// to the largest newcomers; the rest is summed under the labels that `other` gives.
package struct SeriesBudget: Sendable {
    package let limit: Int
    /// How often a label set was folded, one count per label set and tick.
    package private(set) var folded: Double = 0
    private var members: Set<Labels> = []

    /// - Precondition: the limit is positive.
    package init(limit: Int) {
        precondition(limit > 0, "a family without series says nothing")
        self.limit = limit
    }

    /// The series to publish.
    package mutating func fold(_ counts: [Labels: Double], other: (Labels) -> Labels) -> [Labels: Double] {
        members.formIntersection(counts.keys)
        if members.count < counts.count {
            let newcomers = counts.filter { !members.contains($0.key) }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            members.formUnion(newcomers.prefix(limit - members.count).lazy.map(\.key))
        }
        var published: [Labels: Double] = [:]
        for (labels, count) in counts {
            if members.contains(labels) {
                published[labels, default: 0] += count
            } else {
                published[other(labels), default: 0] += count
                folded += 1
            }
        }
        return published
    }
}

/// What the budgets folded, by family.
package enum FoldedSeries {
    package static let descriptor = FamilyDescriptor(
        "poolscope_series_folded_total", .counter, labels: ["family"],
        help: "Label sets that the series budget of a family folded into “other”, counted each time they were met.")
}
