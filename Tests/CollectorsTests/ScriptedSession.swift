import Observations
import TestSupport

@testable import Collectors

/// A time between a start and an end, in seconds of the test's clock.
struct Span {
    let start: Double
    let end: Double
    var seconds: Double { end - start }

    /// Whether a look at this time shows it.
    func isSeen(at now: Double) -> Bool { start <= now && now < end }
}

/// A session with a random course, whose truth is known, and what `pg_stat_activity` would show of it at any time.
struct ScriptedSession {
    let pid: Int32
    /// Its database has its own name, so that what a tracker tells of it is known to be of it.
    let database: String
    private(set) var session = Span(start: 0, end: 0)
    private(set) var statements: [Span] = []
    private(set) var transactions: [Span] = []
    private(set) var idle: [Span] = []
    /// What the row is from a time on, until the next entry.
    private var rows: [(from: Double, row: ActivityRow)] = []
    private var clock: Double
    private var row: ActivityRow

    init(name: String, pid: Int32, start: Double, steps: Int, using random: inout SeededRandom) {
        (self.pid, database, clock) = (pid, name, start)
        row = activityRow(.idle, pid: pid, started: start)
        row.database = name
        rows.append((clock, row))
        for _ in 0..<Int.random(in: 0...steps, using: &random) {
            clock += Self.time(using: &random)
            if Int.random(in: 0..<3, using: &random) == 0 { standalone(&random) } else { block(&random) }
        }
        session = Span(start: start, end: clock + Self.time(using: &random))
    }

    /// Short or long, compared with an interval of about a second.
    private static func time(using random: inout SeededRandom) -> Double {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: Double.random(in: 0.0001..<0.01, using: &random)
        case 1: Double.random(in: 0.01..<1, using: &random)
        default: Double.random(in: 1..<5, using: &random)
        }
    }

    /// The row at a time, or nil when the session is not there.
    func row(at now: Double) -> ActivityRow? {
        session.isSeen(at: now) ? rows.last { $0.from <= now }?.row : nil
    }

    /// A statement that is a transaction of its own.
    private mutating func standalone(_ random: inout SeededRandom) {
        let start = clock
        run(Self.time(using: &random), transaction: start, then: .idle, open: nil)
        transactions.append(Span(start: start, end: clock))
    }

    /// A transaction block: BEGIN, statements with pauses, and COMMIT, or a failure and ROLLBACK.
    private mutating func block(_ random: inout SeededRandom) {
        let start = clock
        run(0.0002, transaction: start, then: .idleInTransaction, open: start)
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            pause(&random)
            let isFailing = Int.random(in: 0..<6, using: &random) == 0
            run(
                Self.time(using: &random), transaction: start,
                then: isFailing ? .idleInTransactionAborted : .idleInTransaction, open: isFailing ? nil : start)
            guard isFailing else { continue }
            transactions.append(Span(start: start, end: clock))
            pause(&random)
            run(0.0001, transaction: nil, then: .idle, open: nil)
            return
        }
        pause(&random)
        run(
            Bool.random(using: &random) ? 0.0003 : Self.time(using: &random), transaction: start, then: .idle, open: nil
        )
        transactions.append(Span(start: start, end: clock))
    }

    private mutating func pause(_ random: inout SeededRandom) {
        let start = clock
        clock += Self.time(using: &random)
        idle.append(Span(start: start, end: clock))
    }

    /// One statement of so many seconds.
    private mutating func run(_ seconds: Double, transaction: Double?, then state: BackendState, open: Double?) {
        let start = clock
        (row.state, row.queryStart, row.stateChange) = (.active, moment(start), moment(start))
        row.transactionStart = transaction.map(moment)
        rows.append((start, row))
        clock += seconds
        (row.state, row.stateChange, row.transactionStart) = (state, moment(clock), open.map(moment))
        rows.append((clock, row))
        statements.append(Span(start: start, end: clock))
    }
}

/// Sessions that follow each other under a few pids, and random looks at them, some of them missed.
struct Scenario {
    let sessions: [ScriptedSession]
    /// The times of the looks, and whether looks were missed before each.
    let looks: [(now: Double, wasInterrupted: Bool)]

    init(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var sessions: [ScriptedSession] = []
        for pid in 0..<8 {
            var clock = Double.random(in: 0..<6, using: &random)
            while clock < 120 {
                let next = ScriptedSession(
                    name: "s\(sessions.count)", pid: Int32(pid), start: clock, steps: 12, using: &random)
                sessions.append(next)
                clock = next.session.end + Double.random(in: 0.0001..<2, using: &random)
            }
        }
        var looks = [(3.0, false)]
        while looks[looks.count - 1].0 < 200 {
            let isMissed = Int.random(in: 0..<25, using: &random) == 0
            looks.append(
                (looks[looks.count - 1].0 + Double.random(in: isMissed ? 2..<6 : 0.8..<1, using: &random), isMissed))
        }
        (self.sessions, self.looks) = (sessions, looks)
    }

    func sample(at now: Double) -> ActivitySample {
        ActivitySample(sampledAt: moment(now), rows: sessions.compactMap { $0.row(at: now) })
    }
}
