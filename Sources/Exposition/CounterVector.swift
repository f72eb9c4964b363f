/// Counters of one family by labels. They only grow.
package struct CounterVector: Sendable {
    package let descriptor: FamilyDescriptor
    /// The most series that there can be; label sets beyond it are added up in one more, whose values are “other”.
    package let limit: Int
    /// How often a label set was folded into the one more.
    package private(set) var folded: Double = 0
    private var totals: [Labels: Double] = [:]

    /// - Precondition: the descriptor is of type counter; the limit is positive.
    package init(_ descriptor: FamilyDescriptor, limit: Int = 1_000) {
        precondition(descriptor.type == .counter, "\(descriptor.name) is no counter")
        precondition(limit > 0, "a family without series says nothing")
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Adds to the series with these labels; adding 0 makes the series exist.
    /// - Precondition: the amount is not negative.
    package mutating func add(_ amount: Double, _ labels: Labels) {
        precondition(amount >= 0, "a counter cannot go down")
        let isPlaced = totals[labels] != nil || totals.count < limit
        if !isPlaced { folded += 1 }
        totals[isPlaced ? labels : labels.folded, default: 0] += amount
    }

    /// The total of these labels; 0 for a series that does not exist.
    package subscript(labels: Labels) -> Double { totals[labels] ?? 0 }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, total) in totals { builder.add(descriptor, labels, .number(total)) }
    }
}
