import Exposition
import Observations
import TestSupport
import Testing

@testable import Collectors

private func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }

/// Runs a timeline of one application, tick by tick at a threshold of 100 s, and gives what was reported at each.
private func run(seconds: Int, _ idle: (Int) -> IdleSessions?) -> [Int?] {
    var detector = LeakDetector(threshold: 100)
    let labels: Labels = ["application_name": "web"]
    return (0..<seconds).map { second in
        let sample = idle(second).map { [labels: $0] } ?? [:]
        return detector.observe(sample, at: time(Double(second)))[labels]
    }
}

/// Connections that were opened at these seconds and never used since.
private func abandoned(_ openings: [Int], at second: Int, besides pool: Int = 0) -> IdleSessions {
    let open = openings.filter { $0 <= second }
    return IdleSessions(
        count: pool + open.count, beyondThreshold: pool + open.count { second - $0 > 100 })
}

@Suite("Leaked connections")
struct LeakTests {
    @Test("connections that are lost one by one are counted once they are beyond the threshold, and only they")
    func leak() {
        let openings = Array(stride(from: 40, to: 2_000, by: 20))
        let reported = run(seconds: 1_500) { abandoned(openings, at: $0, besides: 5) }
        #expect(reported.prefix(150).allSatisfy { $0 == nil }, "nothing is known before three whole windows")
        #expect(reported[200].map { $0 > 0 } == true)
        // The floor rises by 2.5 a window, over five of six windows.
        #expect(reported.suffix(500).allSatisfy { $0.map { 11...13 ~= $0 } ?? false })
    }

    @Test("a slow leak is reported without a flicker, and no longer than three thresholds after it ended")
    func slowLeak() {
        let openings = Array(stride(from: 0, to: 1_000, by: 100))
        let reported = run(seconds: 2_000) { abandoned(openings, at: $0) }
        #expect(reported[400..<1_000].allSatisfy { ($0 ?? 0) > 0 })
        #expect(reported.suffix(from: 1_350).allSatisfy { $0 == 0 })
    }

    @Test(
        "what pools do is no leak",
        arguments: ["steady", "step", "breathing", "restart", "shrinking", "fresh", "in use"])
    func pools(kind: String) {
        var random = SeededRandom(seed: 7)
        let reported = run(seconds: 3_000) { second in
            switch kind {
            case "steady": return IdleSessions(count: 20, beyondThreshold: 20)
            case "step": return abandoned(Array(repeating: 720, count: 30), at: second, besides: 10)
            case "breathing":
                let count = 20 + Int.random(in: -10...10, using: &random)
                return IdleSessions(count: count, beyondThreshold: 8)
            case "restart":
                return second % 900 < 20 ? nil : IdleSessions(count: 20, beyondThreshold: second % 900 > 100 ? 20 : 0)
            case "shrinking": return IdleSessions(count: 3_000 - second, beyondThreshold: 3_000 - second)
            // More and more connections, each taken again before it is beyond the threshold.
            case "fresh": return IdleSessions(count: second / 10, beyondThreshold: 0)
            default: return second % 2 == 0 ? nil : IdleSessions(count: second / 10, beyondThreshold: second / 20)
            }
        }
        #expect(reported.allSatisfy { ($0 ?? 0) == 0 })
    }

    @Test("the window of a gap is not counted, those before it are")
    func gap() {
        var detector = LeakDetector(threshold: 100)
        let labels: Labels = ["application_name": "web"]
        var reported: [Int?] = []
        for second in 0..<600 where !(300..<320).contains(second) {
            if second == 320 { detector.interrupt() }
            let idle = abandoned(Array(stride(from: 0, to: 600, by: 20)), at: second)
            reported.append(detector.observe([labels: idle], at: time(Double(second)))[labels])
        }
        #expect(reported[321...].allSatisfy { ($0 ?? 0) > 0 })
    }

    @Test(
        "whatever happens: never negative, never more than are idle beyond the threshold, memory is bounded",
        arguments: 0..<4 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var detector = LeakDetector(threshold: 10)
        var now = 0.0
        for tick in 0..<2_000 {
            now += Double.random(in: -2...8, using: &random)
            if Int.random(in: 0..<50, using: &random) == 0 { detector.interrupt() }
            var sample: [Labels: IdleSessions] = [:]
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let count = Int.random(in: 1...30, using: &random)
                sample[["n": "\(tick / 3 + Int.random(in: 0...4, using: &random))"]] = IdleSessions(
                    count: count, beyondThreshold: Int.random(in: 0...count, using: &random))
            }
            for (labels, leaked) in detector.observe(sample, at: time(now)) {
                #expect(0...(sample[labels]?.beyondThreshold ?? 0) ~= leaked)
            }
            #expect(detector.groupCount <= 2 * sample.count + 100)
        }
    }

    @Test("the collector counts idle sessions by database and application, within its budget")
    func collector() {
        var rules = SamplingRules()
        rules.leakSeconds = 10
        rules.seriesLimit = 1
        var collector = LeaksCollector(target: TargetProfile(name: "main", kind: .postgres, rules: rules))
        var result = Snapshot.empty
        for second in 0..<100 {
            var rows = (0..<(second / 2)).map {
                ActivityRow(
                    pid: Int32($0), backendStart: time(Double(2 * $0)), stateChange: time(Double(2 * $0)), state: .idle,
                    database: "shop", user: "u", applicationName: "web")
            }
            for pid in 1_000..<1_010 {
                rows.append(
                    ActivityRow(
                        pid: Int32(pid), backendStart: time(0), transactionStart: time(0), stateChange: time(0),
                        state: second % 2 == 0 ? .idle : .idleInTransaction, database: "shop", user: "u",
                        applicationName: "job-\(pid)"))
            }
            rows.append(ActivityRow(pid: 7, database: "crm", user: "v", applicationName: "hidden"))
            rows.append(ActivityRow(pid: 8, state: .idle, database: "crm", user: "v", applicationName: "hidden"))
            result = snapshot(of: &collector) {
                $0.set(ActivitySample(sampledAt: time(Double(second)), rows: rows), for: ActivitySource.self)
            }
        }
        func value(_ application: String) -> SampleValue? {
            result.value("poolscope_leaked_connections", ["datname": "shop", "application_name": application])
        }
        guard
            case .number(let folded) = result.value(
                "poolscope_series_folded_total", ["family": "poolscope_leaked_connections"])
        else {
            Issue.record("no count of what was folded")
            return
        }
        #expect(folded > 0)
        #expect(result.families.flatMap(\.samples).allSatisfy { $0.labels["datname"] != "crm" }, "not known")
        #expect([value("web"), value("other")].contains { $0.map { $0 != .number(0) } ?? false })
        collector.miss(.timeout)
        #expect(
            emitted(by: collector, isUp: true).value(
                "poolscope_leaked_connections", ["datname": "shop", "application_name": "web"]) == nil)
    }
}

@Suite("Sessions per transaction")
struct ChurnTests {
    /// Readings of (sessions, transactions as the server counts them); nil for a tick that was missed.
    private func ratios(_ readings: [(Double, Double)?], resets: [Double] = []) -> [Double?] {
        var collector = ChurnCollector(target: server)
        return readings.enumerated().map { index, reading in
            guard let reading else {
                collector.miss(.timeout)
                return nil
            }
            let database = DatabaseStatistics(
                id: 1, name: "shop", connectionLimit: -1,
                statsReset: resets.last { $0 <= Double(index) }.map(time),
                numbers: ["sessions": reading.0, "xact_commit": reading.1, "xact_rollback": 0])
            let result = snapshot(of: &collector) { $0.set([database], for: DatabasesSource.self) }
            guard
                case .number(let ratio) = result.value(
                    "poolscope_sessions_per_transaction_ratio", ["datname": "shop"])
            else { return nil }
            return ratio
        }
    }

    @Test("a connection per request is 1: the transaction in which a session starts is none of the client's")
    func perRequest() {
        #expect(ratios([(0, 0), (100, 200), (200, 400)]) == [nil, 1, 1])
        #expect(ratios([(0, 0), (100, 100)]) == [nil, 1], "sessions that run nothing at all")
    }

    @Test("a pool is near 0, and too little is nothing")
    func pooled() {
        #expect(ratios([(5, 1_000), (5, 2_000), (6, 3_001)]) == [nil, 0, 1.0 / 2_000])
        #expect(ratios([(5, 10), (6, 12), (9, 18)]) == [nil, nil, nil])
    }

    @Test("a reset, a crash and a gap begin anew, with no negative and no spike")
    func resets() {
        #expect(ratios([(0, 0), (10, 1_010), (2, 30), (3, 1_031)]) == [nil, 0.01, nil, 0.001])
        #expect(ratios([(0, 0), (10, 1_010), (500, 1_600), (501, 2_601)], resets: [1.5]) == [nil, 0.01, nil, 0.001])
        #expect(ratios([(0, 0), (10, 1_010), nil, (900, 3_000), (901, 4_001)]) == [nil, 0.01, nil, nil, 0.001])
    }

    @Test("only the last minute counts")
    func window() {
        let readings: [(Double, Double)?] = (0..<20).map { index in
            let (perRequest, pooled) = (Double(min(index, 5)), Double(max(index - 5, 0)))
            return (perRequest * 100, perRequest * 200 + pooled * 1_000)
        }
        let result = ratios(readings)
        #expect(result[5] == 1 && result[19] == 0)
        #expect(result.allSatisfy { $0.map { 0...1 ~= $0 } ?? true })
    }

    @Test("a version without session counters has no ratio")
    func old() {
        var churn = SessionChurn()
        for transactions in [0.0, 1_000] {
            churn.observe(
                DatabaseStatistics(
                    id: 1, name: "a", connectionLimit: nil, statsReset: nil,
                    numbers: ["xact_commit": transactions, "xact_rollback": 0]))
        }
        #expect(churn.ratio == nil)
    }
}
