/// A classic histogram: counts by bucket, sum and count. Counts and sum only grow.
package struct Histogram: Sendable, Equatable {
    /// Inclusive upper bounds, ascending, without `+Inf`.
    package let bounds: [Double]
    /// Observations per bucket, not cumulative; the last entry is the one above all bounds.
    package private(set) var counts: [UInt64]
    package private(set) var sum: Double = 0
    package private(set) var count: UInt64 = 0

    /// - Precondition: the bounds are finite and strictly ascending.
    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bucket bounds must ascend")
        precondition(bounds.allSatisfy(\.isFinite), "bucket bounds must be finite; +Inf is implied")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts one value (or `times` equal ones).
    /// - Precondition: the value is not NaN; an unknown duration is not an observation.
    package mutating func observe(_ value: Double, times: UInt64 = 1) {
        precondition(!value.isNaN, "NaN cannot be observed")
        counts[bucket(of: value)] += times
        sum += value * Double(times)
        count += times
    }

    /// Adds another histogram's observations to this one's.
    /// - Precondition: both have the same bounds.
    package mutating func add(_ other: Histogram) {
        precondition(bounds == other.bounds, "histograms with different buckets cannot be added")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
        count += other.count
    }

    /// The first bucket whose bound is not below the value, found by halving.
    private func bucket(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
