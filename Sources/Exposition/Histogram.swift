/// A histogram: counts by bucket, classic and native, sum and count. Counts only grow, and so does the sum unless
/// negative values are observed.
public struct Histogram: Sendable, Equatable {
    /// Inclusive upper bounds, ascending, without `+Inf`.
    public let bounds: [Double]
    /// Observations per bucket, not cumulative; the last entry is the one above all bounds.
    public private(set) var counts: [UInt64]
    /// Of all values observed.
    public private(set) var sum: Double = 0
    /// Observations.
    public private(set) var count: UInt64 = 0
    /// The same observations in exponential buckets.
    package private(set) var native = NativeBuckets()
    /// The latest exemplar of each bucket; empty before the first.
    package private(set) var exemplars: [Exemplar?] = []

    /// - Precondition: the bounds are finite and strictly ascending.
    public init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bucket bounds must ascend")
        precondition(bounds.allSatisfy(\.isFinite), "bucket bounds must be finite; +Inf is implied")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts one value (or `times` equal ones).
    /// - Precondition: the value is not NaN; an unknown duration is not an observation.
    public mutating func observe(_ value: Double, times: UInt64 = 1) {
        precondition(!value.isNaN, "NaN cannot be observed")
        guard times > 0 else { return }
        counts[bucket(of: value)] += times
        sum += value * Double(times)
        count += times
        native.observe(value, times: times)
    }

    /// Counts one value and remembers what stands behind it. Of each bucket the latest is remembered.
    public mutating func observe(_ exemplar: Exemplar) {
        observe(exemplar.value)
        keep(exemplar, at: bucket(of: exemplar.value))
    }

    /// Adds another histogram's observations to this one's.
    /// - Precondition: both have the same bounds.
    public mutating func add(_ other: Histogram) {
        precondition(bounds == other.bounds, "histograms with different buckets cannot be added")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
        count += other.count
        native.add(other.native)
        for (index, exemplar) in other.exemplars.enumerated() { keep(exemplar, at: index) }
    }

    /// A copy that shares no storage with this one: whoever observes meanwhile need not copy the buckets first.
    package var detached: Histogram {
        var copy = self
        copy.counts = counts.map { $0 }
        copy.native = native.detached
        return copy
    }

    /// These observations in fewer buckets.
    /// - Precondition: the bounds are some of this histogram's, ascending.
    package func coarsened(to fewer: [Double]) -> Histogram {
        var result = Histogram(bounds: fewer)
        var place = 0
        for (index, count) in counts.enumerated() {
            if index > 0, place < fewer.count, bounds[index - 1] == fewer[place] { place += 1 }
            result.counts[place] += count
            if index < exemplars.count { result.keep(exemplars[index], at: place) }
        }
        precondition(place == fewer.count, "a histogram can only be made coarser along its own bounds")
        result.sum = sum
        result.count = count
        result.native = native
        return result
    }

    private mutating func keep(_ exemplar: Exemplar?, at index: Int) {
        guard let exemplar else { return }
        if exemplars.isEmpty { exemplars = Array(repeating: nil, count: counts.count) }
        if let known = exemplars[index], !exemplar.replaces(known) { return }
        exemplars[index] = exemplar
    }

    /// The first bucket whose bound is not below the value, found by halving, without a branch that the processor could
    /// only guess.
    private func bucket(of value: Double) -> Int {
        bounds.withUnsafeBufferPointer { bounds in
            var place = 0
            var size = bounds.count
            while size > 0 {
                let half = (size + 1) / 2
                place += bounds[place + half - 1] < value ? half : 0
                size -= half
            }
            return place
        }
    }
}
