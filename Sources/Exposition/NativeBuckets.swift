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

    /// The bucket of a value above the zero bucket: the first whose upper bound, 2^(index × 2^−schema), is not below it.
    /// An infinite one has the bucket behind that of the largest finite number.
    static func index(of value: Double, schema: Int) -> Int32 {
        guard value.isFinite else { return index(of: .greatestFiniteMagnitude, schema: schema) + 1 }
        // The value is significand × 2^exponent, the significand from 1 to below 2; none here is subnormal.
        let exponent = Int(value.bitPattern >> 52) - 1_023
        let significand = Double(bitPattern: value.bitPattern & 0xF_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
        // Without a branch, which the processor could only guess.
        var finest = exponent << finestSchema
        finest += significand > bounds.0 ? 1 : 0
        finest += significand > bounds.1 ? 1 : 0
        finest += significand > bounds.2 ? 1 : 0
        finest += significand > bounds.3 ? 1 : 0
        finest += significand > bounds.4 ? 1 : 0
        finest += significand > bounds.5 ? 1 : 0
        finest += significand > bounds.6 ? 1 : 0
        finest += significand > bounds.7 ? 1 : 0
        // Rounded up to whole buckets of the coarser resolution.
        let shift = finestSchema - schema
        return Int32(truncatingIfNeeded: (finest + (1 << shift) - 1) >> shift)
    }

    /// The upper bound of a bucket; infinite beyond the largest number.
    package static func upperBound(of index: Int, schema: Int) -> Double {
        let finest = index << (finestSchema - schema)
        let power = finest >> finestSchema
        let all = bounds
        let significands = [all.0, all.1, all.2, all.3, all.4, all.5, all.6, all.7]
        return Double(sign: .plus, exponent: power, significand: significands[finest - power << finestSchema])
    }

    /// The bounds from 1 to below 2 in the finest schema: the powers of 2^(1/8).
    private static let bounds = (
        1.0, 1.0905077326652577, 1.189207115002721, 1.2968395546510096, 1.4142135623730951, 1.5422108254079407,
        1.681792830507429, 1.8340080864093424
    )
}

/// Counts by the index of their bucket, ascending, without the empty ones.
package struct SparseBuckets: Sendable, Equatable {
    package private(set) var indexes: [Int32] = []
    package private(set) var counts: [UInt64] = []

    package var count: Int { indexes.count }

    /// Allocates only where the bucket is new.
    mutating func add(_ times: UInt64, at index: Int32) {
        guard times > 0 else { return }
        // Mostly there is no gap before it.
        let guess = Int(index) - Int(indexes.first ?? index)
        if guess >= 0, guess < indexes.count, indexes[guess] == index {
            counts[guess] += times
            return
        }
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
