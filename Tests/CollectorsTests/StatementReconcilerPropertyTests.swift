import Exposition
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Reconciliation of random workloads")
struct StatementReconcilerPropertyTests {
    private static let queries = [
        StatementWorld.Query(id: 1, fast: 0.0005...0.004, slow: 0...0, slowShare: 0),
        StatementWorld.Query(id: 2, fast: 0.02...0.3, slow: 0...0, slowShare: 0),
        // The same statement, mostly fast, sometimes slow: the mean says nothing of either.
        StatementWorld.Query(id: 3, fast: 0.001...0.01, slow: 1.1...7, slowShare: 0.05),
        StatementWorld.Query(id: 4, fast: 1.05...4, slow: 5...9, slowShare: 0.1),
        StatementWorld.Query(id: -5, fast: 0.2...1.5, slow: 0...0, slowShare: 0),
    ]

    /// What came of a run.
    private struct Result {
        var histogram = Histogram(bounds: [0.001, 0.01, 0.1, 1, 1.4, 2.5, 5, 10])
        var followed = 0
        var observed: [ReconciledStatements] = []
        var reconciler = StatementReconciler()
    }

    /// Ticks a second apart until everything is quiet; the first read finds nothing.
    private func run(_ world: inout StatementWorld, until end: Int) -> Result {
        var result = Result()
        for tick in 0...(end + 16) {
            let now = Double(tick)
            // The first and the last ticks take place: what happens before and after is no question here.
            let isSteady = tick > 0 && tick <= end
            if isSteady, world.chance(world.trouble.missedTicks) { continue }
            let finished = world.finished(at: now)
            let isRead = !(isSteady && world.chance(world.trouble.missedReads))
            let statistics = isRead ? world.statistics(at: now + world.gap()) : nil
            result.followed += finished.count
            let observed = result.reconciler.observe(
                finished: finished, statistics: statistics, at: ServerTime(microseconds: Int64(tick) * 1_000_000))
            for each in observed {
                #expect(each.seconds >= 0 && each.seconds.isFinite && each.times > 0)
                result.histogram.observe(each.seconds, times: each.times)
            }
            result.observed += observed
        }
        return result
    }

    /// A mixed workload of a minute, then fast statements alone, then nothing.
    private func mixed(seed: UInt64, trouble: StatementWorld.Trouble = .init()) -> StatementWorld {
        StatementWorld(
            seed: seed, sessions: 12, queries: Self.queries, busy: 0.5...60, pause: 0.0001...0.4, trouble: trouble)
    }

    @Test("count and sum are the server's", arguments: 1...25)
    func exact(seed: UInt64) {
        var world = mixed(seed: seed)
        let result = run(&world, until: 70)
        #expect(result.histogram.count == UInt64(world.counted.calls))
        #expect(result.reconciler.openCount == 0)
        #expect(abs(result.histogram.sum - world.counted.seconds) <= 1e-6 * world.counted.seconds)
    }

    @Test("with planning, failures, missed ticks and missed reads nothing is lost", arguments: 1...25)
    func troubled(seed: UInt64) {
        var world = mixed(
            seed: seed,
            trouble: .init(
                overhead: 0...0.02, failures: 0.02, missedTicks: 0.1, missedReads: 0.2))
        let result = run(&world, until: 80)
        let failed = world.all.filter(\.fails)
        let count = Int(result.histogram.count)
        #expect(count >= world.counted.calls)
        #expect(count <= world.counted.calls + failed.count)
    }

    @Test("resets and evictions make neither a spike nor a loss of more than they threw away", arguments: 1...25)
    func forgetful(seed: UInt64) {
        var world = mixed(seed: seed, trouble: .init(evictions: 0.3, resets: 0.05))
        let result = run(&world, until: 70)
        #expect(Int(result.histogram.count) <= world.counted.calls)
        #expect(result.histogram.count >= UInt64(result.followed))
    }

    /// Short statements and those of well over an interval, so that no error of an estimated end makes one the other.
    private static let twoKinds = [
        StatementWorld.Query(id: 1, fast: 0.0005...0.004, slow: 0...0, slowShare: 0),
        StatementWorld.Query(id: 2, fast: 0.02...0.3, slow: 2.5...9, slowShare: 0.02),
        StatementWorld.Query(id: 3, fast: 0.001...0.01, slow: 2.5...7, slowShare: 0.05),
        StatementWorld.Query(id: 4, fast: 2.5...3, slow: 5...9, slowShare: 0.1),
    ]

    @Test("every statement of more than an interval is in the tail once", arguments: 1...25, [0, 0.2])
    func tail(seed: UInt64, missedReads: Double) {
        var world = StatementWorld(
            seed: seed, sessions: 12, queries: Self.twoKinds, busy: 0.5...60, pause: 0.0001...0.4,
            trouble: .init(missedReads: missedReads))
        let result = run(&world, until: 75)
        #expect(result.histogram.counts.suffix(4).reduce(0, +) == UInt64(world.all.count { $0.seconds > 1 }))
        #expect(result.observed.allSatisfy { $0.seconds < 1 || $0.times == 1 })
    }

    @Test("without ids, few in a hundred of them are there twice, or pass for shorter ones", arguments: 1...25)
    func tailWithoutIDs(seed: UInt64) {
        var world = StatementWorld(
            seed: seed, sessions: 12, queries: Self.twoKinds, busy: 0.5...60, pause: 0.0001...0.4,
            trouble: .init(showsIDs: false))
        let result = run(&world, until: 75)
        let tail = Int(result.histogram.counts.suffix(4).reduce(0, +))
        let truth = world.all.count { $0.seconds > 1 }
        #expect(abs(tail - truth) <= truth / 25)
    }

    @Test("without ids the count is the server's", arguments: 1...25)
    func withoutIDs(seed: UInt64) {
        var world = mixed(seed: seed, trouble: .init(showsIDs: false))
        let result = run(&world, until: 70)
        let excess = Int(result.histogram.count) - world.counted.calls
        #expect((0...3).contains(excess), "\(excess)")
        let sum = result.histogram.sum
        #expect(abs(sum - world.counted.seconds) <= 0.02 * world.counted.seconds, "\(sum) \(world.counted.seconds)")
    }
}
