/// Histograms of one family by labels.
package struct HistogramVector: Sendable {
    package let descriptor: FamilyDescriptor
    /// The most series that there can be; label sets beyond it are counted in one more, whose values are “other”.
    package let limit: Int
    /// How often an observation was folded into the one more.
    package private(set) var folded: Double = 0
    private var histograms: [Labels: Histogram] = [:]

    /// - Precondition: the descriptor is of type histogram and names its buckets; the limit is positive.
    package init(_ descriptor: FamilyDescriptor, limit: Int = 1_000) {
        precondition(descriptor.type == .histogram && !descriptor.buckets.isEmpty, "\(descriptor.name) is no histogram")
        precondition(limit > 0, "a family without series says nothing")
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Counts one value (or `times` equal ones) in the series with these labels.
    package mutating func observe(_ value: Double, times: UInt64 = 1, _ labels: Labels) {
        let place = place(of: labels)
        if place != labels { folded += Double(times) }
        histograms[place, default: Histogram(bounds: descriptor.buckets)].observe(value, times: times)
    }

    /// Makes the series exist before its first observation, so that `rate()` sees the first one.
    package mutating func touch(_ labels: Labels) {
        let place = place(of: labels)
        if histograms[place] == nil { histograms[place] = Histogram(bounds: descriptor.buckets) }
    }

    private func place(of labels: Labels) -> Labels {
        histograms[labels] != nil || histograms.count < limit ? labels : labels.folded
    }

    /// The histogram of these labels, or nil before its first observation.
    package subscript(labels: Labels) -> Histogram? { histograms[labels] }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, histogram) in histograms { builder.add(descriptor, labels, .histogram(histogram)) }
    }
}
