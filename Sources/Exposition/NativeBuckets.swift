import Glibc

/// The buckets of a native histogram: exponential, each power of two divided into 2^schema of them, and only those that
/// hold something take room.
///
/// When more than `limit` are populated the resolution is halved, for good: counts never go down. As in client_golang's
/// `histogram.go`, without its resets and its growing zero bucket.
package struct NativeBuckets: Sendable, Equatable {
    /// Each bucket is 9 % wider than the one before: no quantile is off by more.
    package static let finestSchema = 3
    /// Each bucket is 65,536 times as wide as the one before.
    package static let coarsestSchema = -4
    /// The most populated buckets; the durations from 1 ms to 17 minutes are 160.
    package static let limit = 160
    /// Values no larger than this, by their magnitude, are counted as zeros.
    package static let zeroThreshold = 0x1p-128

    package private(set) var schema = finestSchema
    package private(set) var zeroCount: UInt64 = 0
    package private(set) var positive = SparseBuckets()
    package private(set) var negative = SparseBuckets()

    package init() {}

    /// A copy whose counts share no storage with these.
    var detached: NativeBuckets {
        var copy = self
        copy.positive.detach()
        copy.negative.detach()
        return copy
    }

    /// - Precondition: the value is not NaN.
    mutating func observe(_ value: Double, times: UInt64) {
        if value > Self.zeroThreshold {
            positive.add(times, at: Self.index(of: value, schema: schema))
        } else if value < -Self.zeroThreshold {
            negative.add(times, at: Self.index(of: -value, schema: schema))
        } else {
            zeroCount += times
            return
        }
        if positive.count + negative.count > Self.limit { makeRoom() }
    }

    mutating func add(_ other: NativeBuckets) {
        var other = other
        while other.schema > schema { other.halveResolution() }
        while schema > other.schema { halveResolution() }
        zeroCount += other.zeroCount
        positive.add(other.positive)
        negative.add(other.negative)
        makeRoom()
    }

    private mutating func makeRoom() {
        while positive.count + negative.count > Self.limit, schema > Self.coarsestSchema { halveResolution() }
    }

    private mutating func halveResolution() {
        schema -= 1
        positive.halveResolution()
        negative.halveResolution()
    }

    /// The bucket of a positive value: the first whose upper bound, 2^(index × 2^−schema), is not below it. An infinite
    /// one has the bucket behind that of the largest finite number.
    static func index(of value: Double, schema: Int) -> Int32 {
        guard value.isFinite else { return index(of: .greatestFiniteMagnitude, schema: schema) + 1 }
        let exponent = Int(value.exponent)
        let significand = value.significand
        guard schema > 0 else {
            // Rounded up to whole powers of two, then to whole buckets.
            let power = significand == 1 ? exponent : exponent + 1
            return Int32(truncatingIfNeeded: (power + (1 << -schema) - 1) >> -schema)
        }
        let stride = boundsPerDoubling >> schema
        var low = 0
        var high = 1 << schema
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle * stride] < significand { low = middle + 1 } else { high = middle }
        }
        return Int32(truncatingIfNeeded: exponent << schema + low)
    }

    /// The upper bound of a bucket; infinite beyond the largest number.
    package static func upperBound(of index: Int, schema: Int) -> Double {
        guard schema > 0 else { return Double(sign: .plus, exponent: index << -schema, significand: 1) }
        let stride = boundsPerDoubling >> schema
        let power = index >> schema
        return Double(sign: .plus, exponent: power, significand: bounds[(index - power << schema) * stride])
    }

    private static let boundsPerDoubling = 1 << finestSchema
    /// The bounds from 1 to below 2.
    private static let bounds = (0..<boundsPerDoubling).map { exp2(Double($0) / Double(boundsPerDoubling)) }
}

/// Counts by the index of their bucket, ascending, without the empty ones.
package struct SparseBuckets: Sendable, Equatable {
    package private(set) var indexes: [Int32] = []
    package private(set) var counts: [UInt64] = []

    package var count: Int { indexes.count }

    /// Allocates only where the bucket is new.
    mutating func add(_ times: UInt64, at index: Int32) {
        guard times > 0 else { return }
        var low = 0
        var high = indexes.count
        while low < high {
            let middle = (low + high) / 2
            if indexes[middle] < index { low = middle + 1 } else { high = middle }
        }
        if low < indexes.count, indexes[low] == index {
            counts[low] += times
        } else {
            indexes.insert(index, at: low)
            counts.insert(times, at: low)
        }
    }

    mutating func add(_ other: SparseBuckets) {
        if indexes.isEmpty {
            self = other
            return
        }
        for (index, count) in zip(other.indexes, other.counts) { add(count, at: index) }
    }

    mutating func detach() {
        counts = counts.map { $0 }
    }

    /// Puts each two buckets into one.
    mutating func halveResolution() {
        var merged = SparseBuckets()
        merged.indexes.reserveCapacity(indexes.count)
        merged.counts.reserveCapacity(counts.count)
        for (index, count) in zip(indexes, counts) {
            let wider = (index + 1) >> 1
            if merged.indexes.last == wider {
                merged.counts[merged.count - 1] += count
            } else {
                merged.indexes.append(wider)
                merged.counts.append(count)
            }
        }
        self = merged
    }
}
