/// Counters of one family by labels. They only grow.
///
/// Whoever calls `endTick` at each tick lets label sets that are no longer seen yield their places to new ones when there
/// are no others; without it the first to come stay for ever.
package struct CounterVector: Sendable {
    private var table: SeriesTable<Double>

    /// How many seconds a series keeps its place without being added to.
    package static let retention = 900.0

    /// - Parameter limit: the most series that there can be; label sets beyond it are added up in others, whose open
    ///   labels are “other” (`FamilyDescriptor.openLabels`).
    /// - Precondition: the descriptor is of type counter; the limit is positive.
    package init(_ descriptor: FamilyDescriptor, limit: Int = 1_000, retention: Double = retention) {
        precondition(descriptor.type == .counter, "\(descriptor.name) is no counter")
        table = SeriesTable(descriptor, limit: limit, retention: retention, initial: 0)
    }

    package var descriptor: FamilyDescriptor { table.descriptor }
    package var limit: Int { table.limit }
    /// How often a label set was folded into “other”.
    package var folded: Double { table.folded }

    /// Adds to the series with these labels; adding 0 makes the series exist.
    /// - Precondition: the amount is not negative.
    package mutating func add(_ amount: Double, _ labels: Labels) {
        precondition(amount >= 0, "a counter cannot go down")
        table.update(labels, size: amount) { $0 += amount }
    }

    /// Makes the series exist, and says that it is in use: adds nothing, so there is nothing to fold.
    package mutating func touch(_ labels: Labels) {
        table.update(labels, size: nil) { _ in }
    }

    /// Ends a tick: what was not seen for long makes room for what found no place in this tick, and counts from now on.
    /// - Parameter time: the sample's, in seconds since 1970: it says when a series began, too. Without one, a tick counts
    ///   as a second, and no series says when it began.
    package mutating func endTick(at time: Double? = nil) { table.endTick(at: time) }

    /// Only says up to when things were counted, in seconds since 1970, where no place is ever given to another.
    package mutating func tell(_ time: Double) { table.tell(time) }

    /// The total of these labels; 0 for a series that does not exist.
    package subscript(labels: Labels) -> Double { table[labels] ?? 0 }

    package func emit(into builder: inout SnapshotBuilder) {
        table.forEach { labels, total in
            builder.add(descriptor, labels, .number(total.value), created: total.created)
        }
    }
}
