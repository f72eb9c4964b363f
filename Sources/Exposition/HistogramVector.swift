/// Histograms of one family by labels.
///
/// Whoever calls `endTick` at each tick lets label sets that are no longer seen yield their places to new ones when there
/// are no others; without it the first to come stay for ever.
package struct HistogramVector: Sendable {
    private var table: SeriesTable<Histogram>

    /// - Parameters:
    ///   - limit: the most series that there can be; label sets beyond it are counted in others, whose open labels are
    ///     “other” (`FamilyDescriptor.openLabels`).
    ///   - retention: how many seconds a series keeps its place without being observed or touched.
    /// - Precondition: the descriptor is of type histogram and names its buckets; the limit is positive.
    package init(_ descriptor: FamilyDescriptor, limit: Int = 1_000, retention: Double = CounterVector.retention) {
        precondition(descriptor.type == .histogram && !descriptor.buckets.isEmpty, "\(descriptor.name) is no histogram")
        table = SeriesTable(
            descriptor, limit: limit, retention: retention, initial: Histogram(bounds: descriptor.buckets))
    }

    package var descriptor: FamilyDescriptor { table.descriptor }
    package var limit: Int { table.limit }
    /// How often an observation was folded into “other”.
    package var folded: Double { table.folded }

    /// Counts one value (or `times` equal ones) in the series with these labels.
    package mutating func observe(_ value: Double, _ labels: Labels, times: UInt64 = 1) {
        table.update(labels, size: Double(times)) { $0.observe(value, times: times) }
    }

    /// Counts one value and remembers what stands behind it.
    package mutating func observe(_ exemplar: Exemplar, _ labels: Labels) {
        table.update(labels, size: 1) { $0.observe(exemplar) }
    }

    /// Counts each of these values in the series with these labels, which is looked up once.
    package mutating func observe(all values: [Double], _ labels: Labels) {
        let isMember = table.updateMember(labels) { histogram in
            for value in values { histogram.observe(value) }
        }
        if !isMember { for value in values { observe(value, labels) } }
    }

    /// Makes the series exist before its first observation, so that `rate()` sees the first one.
    package mutating func touch(_ labels: Labels) {
        table.update(labels, size: nil) { _ in }
    }

    /// Ends a tick: what was not seen for long makes room for what found no place in this tick, and counts from now on.
    /// - Parameter time: the sample's, in seconds since 1970: it says when a series began, too. Without one, a tick counts
    ///   as a second, and no series says when it began.
    package mutating func endTick(at time: Double? = nil) { table.endTick(at: time) }

    /// Only says up to when things were counted, in seconds since 1970, where no place is ever given to another.
    package mutating func tell(_ time: Double) { table.tell(time) }

    /// Forgets all observations and keeps who has a place: for a distribution of the moment, not a total.
    package mutating func startOver() { table.reset() }

    /// The labels of all series, in no order.
    package var labels: [Labels] {
        var all: [Labels] = []
        table.forEach { labels, _ in all.append(labels) }
        return all
    }

    /// The histogram of these labels, or nil before its first observation.
    package subscript(labels: Labels) -> Histogram? { table[labels] }

    /// - Parameter skippingEmpty: leave out series without an observation.
    package func emit(into builder: inout SnapshotBuilder, skippingEmpty: Bool = false) {
        table.forEach { labels, histogram in
            guard !skippingEmpty || histogram.value.count > 0 else { return }
            builder.add(descriptor, labels, .histogram(histogram.value), created: histogram.created)
        }
    }
}
