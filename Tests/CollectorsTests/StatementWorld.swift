import Foundation
import Observations
import TestSupport

@testable import Collectors

/// A server with clients, pg_stat_activity and pg_stat_statements, in which the truth about every statement is known.
struct StatementWorld {
    struct Statement {
        var query: Int64
        var start: Double
        /// When pg_stat_statements counts it.
        var executed: Double
        /// When its session becomes idle: after the commit.
        var end: Double
        var fails = false

        var seconds: Double { end - start }
        var counted: Double { executed - start }
    }

    /// How long a statement of some key lasts.
    struct Query {
        var id: Int64
        var fast: ClosedRange<Double>
        var slow: ClosedRange<Double>
        /// The share of slow ones.
        var slowShare: Double
    }

    /// What becomes of the statements beside running.
    struct Trouble {
        var overhead: ClosedRange<Double> = 0...0
        var failures = 0.0
        /// Statements per read whose entry is thrown out.
        var evictions = 0.0
        var resets = 0.0
        /// The share of ticks at which nothing is read.
        var missedTicks = 0.0
        /// The share of ticks at which the statistics are not read.
        var missedReads = 0.0
        var showsIDs = true
    }

    private var random: SeededRandom
    let trouble: Trouble
    private(set) var sessions: [[Statement]]
    private var seen: [Int: (start: Double, lastAge: Double?, at: Double)] = [:]

    private var counters: [Int64: Welford] = [:]
    private var pending: [Statement] = []
    private(set) var counted = (calls: 0, seconds: 0.0)

    init(
        seed: UInt64, sessions: Int, queries: [Query], busy: ClosedRange<Double>, pause: ClosedRange<Double>,
        trouble: Trouble = Trouble()
    ) {
        var random = SeededRandom(seed: seed)
        self.trouble = trouble
        self.sessions = (0..<sessions).map { _ in
            var statements: [Statement] = []
            var now = busy.lowerBound + Double.random(in: pause, using: &random)
            while now < busy.upperBound {
                let query = queries[Int.random(in: 0..<queries.count, using: &random)]
                let isSlow = Double.random(in: 0..<1, using: &random) < query.slowShare
                let seconds = Double.random(in: isSlow ? query.slow : query.fast, using: &random)
                let overhead = Double.random(in: trouble.overhead, using: &random)
                let fails = Double.random(in: 0..<1, using: &random) < trouble.failures
                statements.append(
                    Statement(
                        query: query.id, start: now, executed: now + seconds, end: now + seconds + overhead,
                        fails: fails))
                now += seconds + overhead + Double.random(in: pause, using: &random)
            }
            return statements
        }
        self.random = random
        pending = self.sessions.flatMap(\.self).sorted { $0.executed > $1.executed }
    }

    var all: [Statement] { sessions.flatMap(\.self) }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    mutating func gap() -> Double { Double.random(in: 0.001...0.05, using: &random) }

    /// What a tracker of pg_stat_activity reports at a sample: exact ends where the last statement shows, else the
    /// midpoint, at most twice the last age.
    mutating func finished(at now: Double) -> [FinishedStatement] {
        var finished: [FinishedStatement] = []
        for (index, statements) in sessions.enumerated() {
            guard let current = statements.last(where: { $0.start <= now }) else { continue }
            let known = seen[index]
            if let known, known.start != current.start, let age = known.lastAge,
                let old = statements.last(where: { $0.start == known.start })
            {
                let longest = max(age, current.start - known.start)
                finished.append(report(old, min((age + longest) / 2, 2 * age), .estimated))
            }
            let isNew = known?.start != current.start
            if current.end > now {
                seen[index] = (current.start, now - current.start, now)
            } else {
                if isNew || known?.lastAge != nil { finished.append(report(current, current.seconds, .exact)) }
                seen[index] = (current.start, nil, now)
            }
        }
        return finished
    }

    private func report(_ statement: Statement, _ seconds: Double, _ end: EpisodeEnd) -> FinishedStatement {
        FinishedStatement(
            database: "shop", queryID: trouble.showsIDs ? statement.query : nil, seconds: seconds, end: end)
    }

    /// What pg_stat_statements says at this time; some entries are then lost, as configured.
    mutating func statistics(at now: Double) -> StatementStatistics {
        if chance(trouble.resets) { counters = [:] }
        if chance(trouble.evictions) {
            let queries = counters.keys.sorted()
            if !queries.isEmpty { counters[queries[Int.random(in: 0..<queries.count, using: &random)]] = nil }
        }
        while let next = pending.last, next.executed <= now {
            pending.removeLast()
            guard !next.fails else { continue }
            counters[next.query, default: Welford()].add(next.counted)
            counted = (counted.calls + 1, counted.seconds + next.counted)
        }
        let rows = counters.sorted { $0.key < $1.key }.map { query, counters in
            StatementCounters(
                userID: 10, databaseID: 5, database: "shop", queryID: query, calls: counters.calls,
                seconds: counters.sum, deviation: counters.deviation)
        }
        return StatementStatistics(startedAt: ServerTime(microseconds: 1), rows: rows)
    }

    /// Sum and deviation, computed as pg_stat_statements does, in milliseconds.
    private struct Welford {
        var calls: Int64 = 0
        private var total = 0.0
        private var mean = 0.0
        private var variance = 0.0

        var sum: Double { total / 1_000 }
        var deviation: Double { calls > 1 ? (variance / Double(calls)).squareRoot() / 1_000 : 0 }

        mutating func add(_ seconds: Double) {
            let milliseconds = seconds * 1_000
            calls += 1
            total += milliseconds
            let old = mean
            mean += (milliseconds - old) / Double(calls)
            variance += (milliseconds - old) * (milliseconds - mean)
        }
    }
}
