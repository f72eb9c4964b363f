import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Activity tracker: properties")
struct ActivityTrackerPropertyTests {
    /// What a tracker told of one kind at one look.
    private struct Told {
        let database: String
        let seconds: Double
        let end: EpisodeEnd
    }

    /// Compares what a tracker tells with the truth, look by look: every told episode is one of the truth that has
    /// just ended, no one is told twice, and in the end each that a look has shown is told.
    private struct Ledger {
        private var truth: [String: [(span: Span, isTold: Bool)]] = [:]
        private let looks: [Double]

        init(_ scenario: Scenario, _ spans: (ScriptedSession) -> [Span]) {
            looks = scenario.looks.map(\.now)
            for session in scenario.sessions { truth[session.database] = spans(session).map { ($0, false) } }
        }

        mutating func take(_ told: Told, after last: Double, at now: Double) {
            guard told.seconds >= 0 else {
                Issue.record("\(told) is negative")
                return
            }
            let index = truth[told.database]?.firstIndex { span, isTold in
                let tolerance = told.end == .exact ? 0.000_01 : now - last + 0.000_01
                // An estimated one was seen at the last look.
                return !isTold && (last < span.end && span.end <= now) && abs(span.seconds - told.seconds) <= tolerance
                    && (told.end == .exact || span.isSeen(at: last))
            }
            guard let index else {
                Issue.record("\(told) at \(now) never happened, is wrong, or was told before")
                return
            }
            truth[told.database]?[index].isTold = true
        }

        /// Checks that nothing is missing.
        func close() {
            let last = looks[looks.count - 1]
            for (database, spans) in truth {
                for (span, isTold) in spans where !isTold && span.end <= last {
                    #expect(!looks.contains { span.isSeen(at: $0) }, "\(span) of \(database) was lost")
                }
            }
        }
    }

    private func check(
        seed: Int, _ spans: (ScriptedSession) -> [Span], exact: ClosedRange<Double>,
        _ told: (ActivityEpisodes) -> [Told]
    ) {
        let scenario = Scenario(seed: seed)
        var tracker = ActivityTracker()
        var ledger = Ledger(scenario, spans)
        // What had ended before the first look is not ours.
        var last = scenario.looks[0].now
        var ends: [EpisodeEnd: Double] = [:]
        for (now, wasInterrupted) in scenario.looks {
            if wasInterrupted { tracker.interrupt() }
            let sample = scenario.sample(at: now)
            for one in told(tracker.observe(sample)) {
                ledger.take(one, after: last, at: now)
                ends[one.end, default: 0] += 1
            }
            #expect(tracker.count == sample.rows.count)
            last = now
        }
        ledger.close()
        let all = ends.values.reduce(0, +)
        #expect(all > 20, "the scenario is worth looking at")
        #expect(exact.contains((ends[.exact] ?? 0) / all), "share of exact ends")
    }

    private func told(_ finished: [FinishedEpisode]) -> [Told] {
        finished.map { Told(database: $0.owner.database, seconds: $0.seconds, end: $0.end) }
    }

    @Test("statements: none lost, none twice, exact ones exact, estimated ones within an interval", arguments: 0..<40)
    func statements(seed: Int) {
        check(seed: seed, \.statements, exact: 0.3...0.99) {
            $0.statements.map { Told(database: $0.database, seconds: $0.seconds, end: $0.end) }
        }
    }

    @Test("transactions: none lost, none twice, exact ones exact, estimated ones within an interval", arguments: 0..<40)
    func transactions(seed: Int) {
        check(seed: seed, \.transactions, exact: 0.1...0.9) { told($0.transactions) }
    }

    @Test("idling in transaction: none lost, none twice, all within an interval", arguments: 0..<40)
    func idle(seed: Int) {
        check(seed: seed, \.idle, exact: 0...0) { told($0.idleInTransaction) }
    }

    @Test("sessions: none lost, none twice, all within an interval", arguments: 0..<40)
    func sessions(seed: Int) {
        check(seed: seed, { [$0.session] }, exact: 0...0) { told($0.sessions) }
    }

    @Test("each session that a look shows was opened once, unless it was there at the first", arguments: 0..<40)
    func opened(seed: Int) {
        let scenario = Scenario(seed: seed)
        var tracker = ActivityTracker()
        let opened = scenario.looks.flatMap { tracker.observe(scenario.sample(at: $0.now)).opened.map(\.database) }
        let truth = scenario.sessions.filter { session in
            session.session.start > scenario.looks[0].now
                && scenario.looks.contains { session.session.isSeen(at: $0.now) }
        }
        #expect(opened.sorted() == truth.map(\.database).sorted())
    }

    @Test(
        "a slow statement is counted once, and at the first look at which it is beyond the threshold", arguments: 0..<40
    )
    func slow(seed: Int) {
        let scenario = Scenario(seed: seed)
        var thresholds = SlowThresholds()
        thresholds.seconds = 2
        var tracker = ActivityTracker(slow: thresholds)
        var counts: [String: Int] = [:]
        // The starts of the statements that a look has shown beyond the threshold.
        var seen: [String: Set<Double>] = [:]
        for (now, wasInterrupted) in scenario.looks {
            if wasInterrupted { tracker.interrupt() }
            for owner in tracker.observe(scenario.sample(at: now)).slow { counts[owner.database, default: 0] += 1 }
            for session in scenario.sessions {
                if let running = session.statements.first(where: { $0.isSeen(at: now) }), now - running.start >= 2 {
                    seen[session.database, default: []].insert(running.start)
                }
                #expect((counts[session.database] ?? 0) >= (seen[session.database]?.count ?? 0))
            }
        }
        for session in scenario.sessions {
            // An estimated duration is off by less than the interval of a second.
            #expect((counts[session.database] ?? 0) <= session.statements.count { $0.seconds > 1 })
        }
    }

    @Test("a million sessions under a few pids: memory is that of the last sample")
    func churn() {
        var random = SeededRandom(seed: 1)
        var tracker = ActivityTracker()
        var closed = 0
        var opened = 0
        for round in 1...1_000 {
            let now = Double(round)
            let rows = (0..<1_000).map { index in
                ActivityRow(
                    pid: Int32((round * 700 + index) % 2_000),
                    backendStart: moment(now - Double.random(in: 0.000_001..<1, using: &random)), state: .idle,
                    database: "app", user: "web")
            }
            let episodes = tracker.observe(ActivitySample(sampledAt: moment(now), rows: rows))
            closed += episodes.sessions.count
            opened += episodes.opened.count
            #expect(tracker.count == 1_000)
        }
        #expect(opened == 999_000 && closed == 999_000)
        _ = tracker.observe(ActivitySample(sampledAt: moment(1_001), rows: []))
        #expect(tracker.count == 0)
    }
}
