import TestSupport
import Testing

@testable import Exposition

@Suite("Native histograms")
struct NativeBucketsTests {
    private func random(_ generator: inout SeededRandom) -> Double {
        while true {
            let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator)).magnitude
            if value.isFinite, value > 0 { return value }
        }
    }

    @Test("a value lies in its bucket: above the bound before, not above its own", arguments: -4...3)
    func bounds(schema: Int) {
        var generator = SeededRandom(seed: 11)
        let edges = [1, 2, 0.5, 4, 1024, 0.25, NativeBuckets.zeroThreshold, .greatestFiniteMagnitude]
        let values = edges + edges.flatMap { [$0.nextUp, $0.nextDown] } + (0..<2_000).map { _ in random(&generator) }
        // Smaller ones are counted as zero.
        for value in values where value.isFinite && value >= NativeBuckets.zeroThreshold {
            let index = Int(NativeBuckets.index(of: value, schema: schema))
            #expect(value <= NativeBuckets.upperBound(of: index, schema: schema))
            #expect(value > NativeBuckets.upperBound(of: index - 1, schema: schema))
        }
    }

    @Test("one is a bound in every schema, and an infinite value has a bucket of its own", arguments: -4...3)
    func landmarks(schema: Int) {
        #expect(NativeBuckets.index(of: 1, schema: schema) == 0)
        #expect(NativeBuckets.upperBound(of: 0, schema: schema) == 1)
        let last = NativeBuckets.index(of: .greatestFiniteMagnitude, schema: schema)
        #expect(NativeBuckets.index(of: .infinity, schema: schema) == last + 1)
    }

    @Test("negative values have buckets of their own, and what is next to nothing counts as zero")
    func signs() {
        var buckets = NativeBuckets()
        for value in [0, -0.0, 1e-40, -1e-40, NativeBuckets.zeroThreshold] { buckets.observe(value, times: 1) }
        #expect(buckets.zeroCount == 5)
        buckets.observe(3, times: 2)
        buckets.observe(-3, times: 4)
        #expect(buckets.positive == buckets.negative.scaled { $0 / 2 })
        #expect(buckets.zeroCount == 5)
    }

    @Test("beyond the limit the resolution is halved, and nothing is lost")
    func limit() {
        var generator = SeededRandom(seed: 12)
        var buckets = NativeBuckets()
        var values: [Double] = []
        for _ in 0..<5_000 {
            let value = random(&generator) * (Bool.random(using: &generator) ? 1 : -1)
            values.append(value)
            buckets.observe(value, times: 1)
            #expect(buckets.positive.count + buckets.negative.count <= NativeBuckets.limit)
        }
        #expect(buckets.schema < 0)
        // The same as if it had been so coarse from the start.
        var expected: [Int32: UInt64] = [:]
        for value in values where value > NativeBuckets.zeroThreshold {
            expected[NativeBuckets.index(of: value, schema: buckets.schema), default: 0] += 1
        }
        #expect(buckets.positive.indexes == expected.keys.sorted())
        #expect(buckets.positive.counts == expected.sorted { $0.key < $1.key }.map(\.value))
    }

    @Test("added histograms are what one that saw everything is, also when their resolutions differ")
    func adding() {
        var generator = SeededRandom(seed: 13)
        for _ in 0..<20 {
            var parts = [NativeBuckets(), NativeBuckets()]
            var values: [Double] = []
            for (part, spread) in [(0, 3.0), (1, 300.0)] {
                for _ in 0..<400 {
                    let value =
                        Double.random(in: -1...1, using: &generator) * .random(in: 0...spread, using: &generator)
                    values.append(value)
                    parts[part].observe(value, times: 1)
                }
            }
            var sum = parts[0]
            sum.add(parts[1])
            var other = parts[1]
            other.add(parts[0])
            #expect(sum == other)
            var whole = NativeBuckets()
            for value in values { whole.observe(value, times: 1) }
            #expect(sum == whole)
        }
    }

    @Test("of durations from 1 ms to 17 minutes none needs fewer buckets")
    func durations() {
        var generator = SeededRandom(seed: 14)
        var buckets = NativeBuckets()
        for _ in 0..<20_000 {
            buckets.observe(
                0.001 * .random(in: 1...1_000, using: &generator) * .random(in: 1...1_000, using: &generator), times: 1)
        }
        #expect(buckets.schema == NativeBuckets.finestSchema)
    }
}

extension SparseBuckets {
    fileprivate func scaled(_ change: (UInt64) -> UInt64) -> SparseBuckets {
        var result = SparseBuckets()
        for (index, count) in zip(indexes, counts) { result.add(change(count), at: index) }
        return result
    }
}
