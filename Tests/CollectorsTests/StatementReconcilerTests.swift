import Observations
import Testing

@testable import Collectors

@Suite("Statement reconciler")
struct StatementReconcilerTests {
    /// A server whose counters are set by hand, and a reconciler that reads them.
    private struct Bench {
        var reconciler = StatementReconciler()
        var calls: [Int64: [Double]] = [:]
        var start: Int64 = 1
        var second = 0.0

        /// What pg_stat_statements would say now.
        var statistics: StatementStatistics {
            StatementStatistics(
                startedAt: ServerTime(microseconds: start),
                rows: calls.sorted { $0.key < $1.key }.map { query, times in
                    let mean = times.reduce(0, +) / Double(times.count)
                    let variance = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(times.count)
                    return StatementCounters(
                        userID: 10, databaseID: 5, database: "shop", queryID: query, calls: Int64(times.count),
                        seconds: mean * Double(times.count), deviation: variance.squareRoot())
                })
        }

        mutating func tick(
            _ finished: FinishedStatement..., after seconds: Double = 1, reads: Bool = true
        ) -> [ReconciledStatements] {
            second += seconds
            return reconciler.observe(
                finished: finished, statistics: reads ? statistics : nil,
                at: ServerTime(microseconds: Int64(second * 1_000_000)))
        }

        mutating func add(_ query: Int64, _ times: Double...) {
            calls[query, default: []] += times
        }

        mutating func add(_ query: Int64, _ seconds: Double, times: Int) {
            calls[query, default: []] += Array(repeating: seconds, count: times)
        }
    }

    private func exact(_ seconds: Double, _ query: Int64? = 1) -> FinishedStatement {
        FinishedStatement(database: "shop", queryID: query, seconds: seconds, end: .exact)
    }

    private func estimated(_ seconds: Double, _ query: Int64? = 1) -> FinishedStatement {
        FinishedStatement(database: "shop", queryID: query, seconds: seconds, end: .estimated)
    }

    private func count(_ added: [ReconciledStatements]) -> UInt64 { added.reduce(0) { $0 + $1.times } }

    private func sum(_ added: [ReconciledStatements]) -> Double {
        added.reduce(0) { $0 + $1.seconds * Double($1.times) }
    }

    @Test("the first read is the baseline; what comes after it is added at the mean, one read later")
    func baseline() throws {
        var bench = Bench()
        bench.add(1, 0.5, times: 1_000_000)
        #expect(!bench.reconciler.isReconciling)
        #expect(bench.tick().isEmpty)
        #expect(bench.reconciler.isReconciling)
        bench.add(1, 0.001, 0.003)
        #expect(bench.tick().isEmpty)
        let added = try #require(bench.tick().first)
        #expect(added.times == 2 && abs(added.seconds - 0.002) < 1e-6)
        #expect(bench.tick().isEmpty)
    }

    @Test("a slow statement keeps who it was until it is given out, with the server's time or its own")
    func witness() throws {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 6)
        var found = exact(6.01)
        var lost = exact(7, 2)
        (found.slowClient, lost.slowClient) = ("web", "batch")
        #expect(bench.tick(found, lost).isEmpty)
        let seenAt = ServerTime(microseconds: 2_000_000)
        let first = try #require(bench.tick().first)
        #expect(first.witness == StatementWitness(queryID: 1, client: "web", seenAt: seenAt))
        #expect(first.times == 1 && abs(first.seconds - 6) < 1e-6)
        var given: [ReconciledStatements] = []
        for _ in 0..<20 { given += bench.tick() }
        #expect(given.map(\.witness) == [StatementWitness(queryID: 2, client: "batch", seenAt: seenAt)])
        #expect(given.map(\.seconds) == [7])
    }

    @Test("an observed statement is not added again, and does not spoil the mean of the fast ones")
    func observed() throws {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.001, times: 99)
        bench.add(1, 3)
        #expect(bench.tick(exact(3.02)).isEmpty)
        let both = bench.tick()
        let (seen, added) = (try #require(both.first), try #require(both.last))
        #expect(seen.times == 1 && abs(seen.seconds - 3) < 0.03)
        #expect(added.times == 99 && abs(added.seconds - 0.001) < 0.0003)
    }

    @Test("a statement that ended between a tick's two reads is counted by one and observed at the next, once")
    func betweenReads() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 2.4)
        #expect(bench.tick().isEmpty)
        #expect(bench.tick(exact(2.41)) == [ReconciledStatements(database: "shop", seconds: 2.4, times: 1)])
        #expect(bench.tick().isEmpty)
        #expect(bench.tick().isEmpty)
    }

    @Test("a statement that still runs holds up no call of its kind")
    func stillRunning() {
        var bench = Bench()
        _ = bench.tick()
        var added: UInt64 = 0
        for _ in 0..<5 {
            bench.add(1, 0.002, times: 100)
            added += count(bench.tick())
        }
        bench.add(1, 5)
        added += count(bench.tick(exact(5.001)))
        added += count(bench.tick())
        #expect(added == 501)
    }

    @Test("an estimated end is corrected where the server's sums tell the true time")
    func estimatedEnd() throws {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.001, times: 99)
        bench.add(1, 1.6)
        #expect(bench.tick(estimated(1.2)).isEmpty)
        let both = bench.tick()
        let (seen, added) = (try #require(both.first), try #require(both.last))
        #expect(seen.times == 1 && abs(seen.seconds - 1.6) < 0.03)
        #expect(added.times == 99 && abs(added.seconds - 0.001) < 0.0003)
    }

    @Test("the error of estimated ends is shared by a batch")
    func sharedError() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 2.0, 2.6, 3.0)
        let observed = bench.tick(estimated(2.5), estimated(3.1), estimated(3.2)) + bench.tick()
        #expect(observed.count == 3 && abs(sum(observed) - 7.6) < 1e-6)
        #expect(observed.map(\.seconds).min().map { abs($0 - 2.1) < 0.01 } == true, "\(observed)")
    }

    @Test("a statement finds its call though estimates of others have left too much for it")
    func leftovers() {
        var bench = Bench()
        _ = bench.tick(after: 0.25)
        _ = bench.tick(after: 0.25)
        bench.add(1, 0.82, 0.55, 0.27, 0.2)
        var observed = bench.tick(
            estimated(0.704), estimated(0.508), estimated(0.229), estimated(0.065), after: 0.25)
        for _ in 0..<60 { observed += bench.tick(after: 0.25) }
        #expect(count(observed) == 4 && abs(sum(observed) - 1.84) < 1e-6, "\(observed)")
    }

    @Test("a short statement finds its call though the overhead of longer ones was taken from its batch")
    func leftoversOfExactEnds() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 1.243, 0.464, 0.0071, 0.088)
        var observed = bench.tick(exact(1.2441), exact(0.4647), exact(0.0073))
        for _ in 0..<20 { observed += bench.tick() }
        #expect(count(observed) == 4 && abs(sum(observed) - 1.8021) < 1e-6, "\(observed)")
    }

    @Test("a statement that the server counts late is waited for")
    func countedLate() {
        var bench = Bench()
        _ = bench.tick()
        // In the extended protocol, the last statement of a transaction that is idle.
        _ = bench.tick(exact(1.5))
        for _ in 0..<8 { #expect(bench.tick().isEmpty) }
        bench.add(1, 1.5)
        #expect(bench.tick().isEmpty)
        #expect(bench.tick() == [ReconciledStatements(database: "shop", seconds: 1.5, times: 1)])
        for _ in 0..<4 { #expect(bench.tick().isEmpty) }
    }

    @Test("a failed statement stands on top of the server's count and takes no other's place")
    func failed() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.001, times: 50)
        var added = bench.tick(exact(5))
        for _ in 0..<30 {
            bench.add(1, 0.001, times: 50)
            added += bench.tick()
        }
        added += bench.tick()
        #expect(count(added) == 31 * 50 + 1)
        #expect(added.filter { $0.seconds > 1 } == [ReconciledStatements(database: "shop", seconds: 5, times: 1)])
        // It is long forgotten.
        bench.add(1, 5)
        #expect(count(bench.tick()) == 0)
        #expect(count(bench.tick()) == 0, "slow ones are seen: it is held for a while")
        #expect(count(bench.tick()) + count(bench.tick()) == 1)
    }

    @Test("a string of several statements, or EXECUTE, takes the place of the call that it was")
    func otherID() {
        var bench = Bench()
        _ = bench.tick()
        // SELECT pg_sleep(3); SELECT 1: the session shows the id of the last.
        bench.add(1, 0.00001)
        bench.add(2, 3)
        bench.add(3, 0.004, times: 100)
        var added = bench.tick(exact(3.001, 1))
        added += bench.tick()
        #expect(count(added) == 102)
        #expect(added.filter { $0.seconds > 0.01 } == [ReconciledStatements(database: "shop", seconds: 3, times: 1)])
        bench.add(2, 2)
        added = bench.tick(exact(2.001, 77)) + bench.tick() + bench.tick()
        #expect(added == [ReconciledStatements(database: "shop", seconds: 2, times: 1)])
    }

    @Test("without an id a statement is found by its time")
    func withoutID() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.001, times: 100)
        bench.add(2, 0.2)
        bench.add(3, 4)
        bench.add(3, 0.01, times: 9)
        let added = bench.tick(exact(0.201, nil), exact(4.02, nil), exact(0.0011, nil)) + bench.tick()
        #expect(count(added) == 100 + 1 + 10)
        #expect(added.filter { $0.seconds > 0.02 }.map(\.times) == [1, 1])
        #expect(abs(sum(added) - (100 * 0.001 + 0.2 + 4 + 9 * 0.01)) < 1e-6)
    }

    @Test("the sums agree, though every observed time has some planning in it")
    func sums() {
        var bench = Bench()
        _ = bench.tick()
        var total = 0.0
        for _ in 0..<200 {
            bench.add(1, 0.02, times: 20)
            total += sum(bench.tick(exact(0.022), exact(0.022), exact(0.022)))
        }
        total += sum(bench.tick())
        #expect(abs(total - 200 * 20 * 0.02) < 1e-6)
    }

    @Test("an entry that was reset, or evicted and made anew, counts in full")
    func reset() throws {
        var bench = Bench()
        bench.add(1, 0.01, times: 1_000)
        _ = bench.tick()
        bench.calls = [:]
        bench.add(1, 0.002, times: 7)
        #expect(bench.tick().isEmpty)
        let added = try #require(bench.tick().first)
        #expect(added.times == 7 && abs(added.seconds - 0.002) < 1e-6)
        bench.calls = [:]
        #expect(bench.tick().isEmpty && bench.tick().isEmpty)
    }

    @Test("an entry made anew that has more calls than the old one is told by its age (extension 1.11)")
    func remade() {
        func read(calls: Int64, since: Int64) -> StatementStatistics {
            let row = StatementCounters(
                userID: 1, databaseID: 2, database: "shop", queryID: 3, calls: calls, seconds: Double(calls) / 1_000,
                deviation: 0, since: ServerTime(microseconds: since))
            return StatementStatistics(startedAt: nil, rows: [row])
        }
        var reconciler = StatementReconciler()
        var added: UInt64 = 0
        for (second, read) in [read(calls: 10, since: 1), read(calls: 15, since: 2), read(calls: 15, since: 2)]
            .enumerated()
        {
            added += count(
                reconciler.observe(
                    finished: [], statistics: read, at: ServerTime(microseconds: Int64(second) * 1_000_000)))
        }
        #expect(added == 15)
    }

    @Test("after a restart, or on another server, nothing is added at once", arguments: [true, false])
    func restart(isSaved: Bool) {
        var bench = Bench()
        bench.add(1, 0.01, times: 1_000)
        _ = bench.tick()
        bench.add(1, 0.01, times: 10)
        _ = bench.tick()
        if !isSaved { bench.calls = [:] }
        bench.start = 2
        bench.add(1, 0.01, times: 5_000)
        #expect(count(bench.tick()) == 10, "what the last read before had")
        #expect(bench.reconciler.isReconciling)
        bench.add(1, 0.01, times: 3)
        #expect(count(bench.tick()) + count(bench.tick()) == 3)
    }

    @Test("a short gap is bridged, a long one is a new baseline")
    func gap() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.01, times: 10)
        #expect(count(bench.tick(after: 50)) + count(bench.tick()) == 10)
        bench.add(1, 0.01, times: 10)
        #expect(bench.tick(after: 70).isEmpty)
        #expect(bench.tick().isEmpty)
        #expect(bench.reconciler.isReconciling)
    }

    @Test("where reads are far apart by configuration and size, that is no gap")
    func farApart() {
        var bench = Bench()
        for query in 0..<3_500 { bench.add(Int64(query), 0.001) }
        _ = bench.tick()
        for _ in 0..<3 { _ = bench.tick(after: 30, reads: false) }
        bench.add(1, 0.01, times: 10)
        _ = bench.tick(after: 30)
        for _ in 0..<3 { _ = bench.tick(after: 30, reads: false) }
        #expect(count(bench.tick(after: 30)) == 10)
    }

    @Test("without reads, it ends after a while and says so")
    func noReads() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.01, times: 10)
        _ = bench.tick()
        var added: UInt64 = 0
        for _ in 0..<70 { added += count(bench.tick(exact(0.5), reads: false)) }
        #expect(added == 10 + 70)
        #expect(!bench.reconciler.isReconciling)
    }

    @Test("without reconciliation what has finished is returned at once, with its own time")
    func sampledAlone() {
        var reconciler = StatementReconciler()
        let observed = reconciler.observe(
            finished: [exact(0.5), estimated(2)], statistics: nil, at: ServerTime(microseconds: 1_000_000))
        #expect(observed.map(\.seconds) == [0.5, 2] && observed.map(\.times) == [1, 1])
        #expect(reconciler.openCount == 0)
    }

    @Test("a read with rows left out or hidden ends the comparison, and the next full one is a baseline")
    func incomplete() {
        var bench = Bench()
        _ = bench.tick()
        bench.add(1, 0.01, times: 10)
        let partial = StatementStatistics(startedAt: nil, rows: [], isComplete: false)
        let at = ServerTime(microseconds: 2_000_000)
        #expect(bench.reconciler.observe(finished: [], statistics: partial, at: at).isEmpty)
        #expect(!bench.reconciler.isReconciling)
        bench.second = 2
        #expect(bench.tick().isEmpty && bench.tick().isEmpty)
    }

    @Test(
        "nonsense from the server neither traps nor shows",
        arguments: [
            (Int64.max, 1.0, 0.0), (Int64.min, 1, 0), (-5, -5, -5), (5, .nan, .nan), (5, .infinity, 1), (5, 1e300, 0),
            (5, 1, .infinity), (5, -1, 0), (0, 3, 0), (Int64.max, .nan, .infinity), (2_000_000_000, 5, 0),
        ])
    func nonsense(calls: Int64, seconds: Double, deviation: Double) {
        var bench = Bench()
        bench.add(1, 0.01)
        _ = bench.tick()
        for round in 0..<8 {
            let row = StatementCounters(
                userID: 10, databaseID: 5, database: "shop", queryID: Int64(round % 3), calls: calls,
                seconds: seconds, deviation: deviation)
            let read = StatementStatistics(startedAt: nil, rows: round % 2 == 0 ? [row] : [])
            let added = bench.reconciler.observe(
                finished: [exact(.nan), exact(0.5, nil), exact(-1)], statistics: read,
                at: ServerTime(microseconds: Int64(2 + round) * 1_000_000))
            #expect(added.allSatisfy { $0.seconds >= 0 && $0.seconds.isFinite && $0.times <= 5 })
        }
    }

    @Test("memory is bounded when nothing that is observed is ever counted")
    func bounded() {
        var reconciler = StatementReconciler()
        let statements = Array(repeating: exact(0.001), count: 5_000)
        let empty = StatementStatistics(startedAt: nil, rows: [])
        var observed: UInt64 = 0
        for second in 0..<30 {
            observed += count(
                reconciler.observe(
                    finished: statements, statistics: empty, at: ServerTime(microseconds: Int64(second) * 1_000_000)))
            #expect(reconciler.openCount <= StatementReconciler.mostOpen)
        }
        #expect(observed + UInt64(reconciler.openCount) == 30 * 5_000)
    }
}
