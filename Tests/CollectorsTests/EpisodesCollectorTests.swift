import Exposition
import Observations
import Testing

@testable import Collectors

@Suite("Episodes")
struct EpisodesCollectorTests {
    private let app: Labels = ["datname": "app", "application_name": "shop"]

    private func observe(_ sample: ActivitySample, _ collector: inout EpisodesCollector) -> Snapshot {
        snapshot(of: &collector) { $0.set(sample, for: ActivitySource.self) }
    }

    private func count(_ snapshot: Snapshot, _ family: String, _ labels: Labels) -> UInt64? {
        guard case .histogram(let histogram) = snapshot.value(family, labels) else { return nil }
        return histogram.count
    }

    @Test("every series of a session exists at 0 before its first episode")
    func zeros() {
        var collector = EpisodesCollector(target: server)
        let page = observe(activitySample(10, activityRow(.idle)), &collector)
        for family in ["poolscope_query_duration_seconds", "poolscope_transaction_duration_seconds"] {
            #expect(count(page, family, ["datname": "app"]) == 0)
        }
        for family in ["poolscope_idle_in_transaction_seconds", "poolscope_session_duration_seconds"] {
            #expect(count(page, family, app) == 0)
        }
        for family in ["poolscope_sessions_opened_total", "poolscope_sessions_closed_total"] {
            #expect(page.value(family, app) == .number(0))
        }
        #expect(page.value("poolscope_slow_queries_total", app.adding("usename", "web")) == .number(0))
        for kind in ["statement", "transaction", "idle_in_transaction", "session"] {
            for end in ["exact", "estimated"] {
                #expect(page.value("poolscope_episodes_total", ["kind": kind, "end": end]) == .number(0))
            }
        }
        #expect(page.value("poolscope_query_duration_info", ["datname": "app", "source": "sampled"]) == .number(1))
    }

    @Test("each episode is in its family, by the labels of its session")
    func families() {
        var rules = SamplingRules()
        rules.slow.seconds = 1.5
        var collector = EpisodesCollector(target: TargetProfile(name: "main", kind: .postgres, rules: rules))
        _ = observe(activitySample(10), &collector)
        _ = observe(activitySample(12, activityRow(.active, query: 11, transaction: 11, started: 11)), &collector)
        _ = observe(
            activitySample(
                13, activityRow(.idleInTransaction, query: 11, changed: 12.75, transaction: 11, started: 11)),
            &collector)
        _ = observe(activitySample(14, activityRow(.idle, query: 13.5, changed: 13.75, started: 11)), &collector)
        let page = observe(activitySample(15), &collector)
        #expect(count(page, "poolscope_query_duration_seconds", ["datname": "app"]) == 2)
        #expect(count(page, "poolscope_transaction_duration_seconds", ["datname": "app"]) == 1)
        #expect(count(page, "poolscope_idle_in_transaction_seconds", app) == 1)
        #expect(count(page, "poolscope_session_duration_seconds", app) == 1)
        #expect(page.value("poolscope_sessions_opened_total", app) == .number(1))
        #expect(page.value("poolscope_sessions_closed_total", app) == .number(1))
        #expect(page.value("poolscope_slow_queries_total", app.adding("usename", "web")) == .number(1))
        func episodes(_ kind: String, _ end: String) -> SampleValue? {
            page.value("poolscope_episodes_total", ["kind": kind, "end": end])
        }
        #expect(episodes("statement", "exact") == .number(2))
        for kind in ["transaction", "idle_in_transaction", "session"] {
            #expect(episodes(kind, "estimated") == .number(1))
        }
    }

    @Test("counters and histograms never dip, whatever the looks and the gaps", arguments: 0..<4)
    func monotonic(seed: Int) {
        let scenario = Scenario(seed: seed)
        var collector = EpisodesCollector(target: server)
        var last: [String: Double] = [:]
        for (now, wasInterrupted) in scenario.looks {
            if wasInterrupted { collector.miss(.timeout) }
            let values = values(of: observe(scenario.sample(at: now), &collector))
            for (series, value) in last { #expect(value <= values[series] ?? -1, "\(series)") }
            last = values
        }
        #expect(last.count > 100)
    }

    /// Every number of every total of a page.
    private func values(of page: Snapshot) -> [String: Double] {
        var values: [String: Double] = [:]
        for family in page.families where family.descriptor.lifetime == .kept {
            for sample in family.samples {
                let name = "\(family.descriptor.name)\(sample.labels.pairs.map(\.value))"
                switch sample.value {
                case .number(let number): values[name] = number
                case .histogram(let histogram):
                    values[name + "sum"] = histogram.sum
                    for (bucket, count) in histogram.counts.enumerated() { values["\(name)\(bucket)"] = Double(count) }
                }
            }
        }
        return values
    }

    @Test("application names without end stay within the configured number of series, and are counted as folded")
    func budget() {
        var rules = SamplingRules()
        rules.seriesLimit = 5
        var collector = EpisodesCollector(target: TargetProfile(name: "main", kind: .postgres, rules: rules))
        _ = observe(activitySample(10), &collector)
        let rows = (0..<50).map { index in
            activityRow(.idle, pid: Int32(index), started: 10.5, application: "job-\(index)")
        }
        _ = observe(ActivitySample(sampledAt: moment(11), rows: rows), &collector)
        let page = observe(activitySample(12), &collector)
        for name in [
            "poolscope_sessions_opened_total", "poolscope_sessions_closed_total", "poolscope_session_duration_seconds",
        ] {
            let samples = page.families.first { $0.descriptor.name == name }?.samples ?? []
            #expect(samples.count == 6)
            let total = samples.reduce(0.0) { total, sample in
                switch sample.value {
                case .number(let number): total + number
                case .histogram(let histogram): total + Double(histogram.count)
                }
            }
            #expect(total == 50)
            guard case .number(let folded) = page.value("poolscope_series_folded_total", ["family": name]) else {
                Issue.record("no folds of \(name)")
                continue
            }
            #expect(folded >= 45)
        }
    }

    @Test("when the server is away, the totals stay, and what ends meanwhile is counted once it is back")
    func away() {
        var collector = EpisodesCollector(target: server)
        _ = observe(activitySample(10, activityRow(.active, query: 9, transaction: 9, started: 8)), &collector)
        collector.miss(.refused)
        let gone = emitted(by: collector, isUp: false)
        #expect(gone.value("poolscope_sessions_closed_total", app) == .number(0))
        #expect(gone.families.allSatisfy { $0.descriptor.lifetime == .kept })
        let back = observe(activitySample(60), &collector)
        #expect(back.value("poolscope_sessions_closed_total", app) == .number(1))
        guard case .histogram(let sessions) = back.value("poolscope_session_duration_seconds", app) else {
            Issue.record("no histogram")
            return
        }
        #expect(sessions.sum == 2)
    }

    private func exemplars(_ snapshot: Snapshot) -> [Exemplar] {
        guard case .histogram(let histogram) = snapshot.value("poolscope_query_duration_seconds", ["datname": "app"])
        else { return [] }
        return histogram.exemplars.compactMap(\.self)
    }

    @Test("a slow statement stands behind its bucket by its id and the client, behind a pooler the pooler's")
    func exemplars() {
        func run(behind links: PoolerLinks) -> [Exemplar] {
            var collector = EpisodesCollector(target: server)
            func tick(_ sample: ActivitySample, _ links: PoolerLinks = .none) -> Snapshot {
                snapshot(of: &collector) {
                    $0.set(sample, for: ActivitySource.self)
                    $0.poolerLinks = links
                }
            }
            var running = activityRow(.active, query: 11, started: 9)
            running.queryID = -5
            var fast = activityRow(.active, query: 19.5, pid: 8)
            fast.queryID = 6
            _ = tick(activitySample(10))
            _ = tick(activitySample(12, running), links)
            _ = tick(activitySample(20, running, fast))
            var ended = activityRow(.idle, query: 11, changed: 21, started: 9)
            ended.queryID = -5
            let page = tick(activitySample(22, ended, activityRow(.idle, query: 19.5, changed: 20.5, pid: 8)))
            #expect(count(page, "poolscope_query_duration_seconds", ["datname": "app"]) == 2)
            return exemplars(page)
        }
        let link = PoolerLink(
            backendPID: 7, poolerPort: nil, clientApplication: "web-1", clientAddress: "::1", clientUser: "u")
        #expect(
            run(behind: PoolerLinks([link])) == [
                Exemplar(
                    labels: ["query_id": "-5", "client_application": "web-1"], value: 10,
                    timestamp: moment(22).unixSeconds)
            ])
        #expect(
            run(behind: .none) == [
                Exemplar(
                    labels: ["query_id": "-5", "client_application": "shop"], value: 10,
                    timestamp: moment(22).unixSeconds)
            ])
    }
}
