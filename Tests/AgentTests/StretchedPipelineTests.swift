import Collectors
import Exposition
import Observations
import Postgres
import TestSupport
import Testing

@testable import Agent

/// A server with a number of clients, which answers whatever is asked of it, and the events that come of it.
private struct ScriptedServer {
    var clients = 4
    /// Of one sample.
    var seconds = 0.05
    private(set) var pipeline: TargetPipeline
    private(set) var events: [TimedEvent] = []
    private(set) var asked: [[String]] = []
    private var schedule = SourceSchedule(kind: .postgres)
    private var tick = 0
    let header: RecordingHeader

    init(share: Double = 0.01) {
        var rules = SamplingRules()
        rules.serverBudget = share
        let profile = TargetProfile(name: "main", kind: .postgres, rules: rules)
        header = RecordingHeader(
            agentVersion: "1", startTime: 1_764_000_000, targets: [.init(profile: profile, interval: .seconds(1))],
            includesQueryText: false)
        pipeline = TargetPipeline(profile: profile, interval: .seconds(1), board: ClusterBoard())
        feed(.opened(version: "15.18"))
    }

    private var now: Double { 1_764_000_000 + Double(tick) }

    private mutating func feed(_ event: PipelineEvent) {
        events.append(TimedEvent(target: 0, time: now, event: event))
        pipeline.apply(event, at: now)
    }

    /// One tick, in which each source that is due answers or, with an error, does not.
    mutating func run(error: PostgresError? = nil) {
        tick += 1
        let due = schedule.beginTick(
            at: ContinuousClock.now + .seconds(tick), stretch: pipeline.stretch, mustSample: pipeline.state != .up)
        asked.append(due.map { $0.name })
        feed(.tickBegan)
        for source in due {
            guard let (table, seconds) = answer(of: source), error == nil || !source.cadence.isOfTick else {
                if let error, source.cadence.isOfTick {
                    feed(.answered(SourceAnswer(source: source, duration: .seconds(1), result: .failure(error))))
                } else {
                    feed(.omitted(source))
                }
                continue
            }
            feed(
                .answered(
                    SourceAnswer(source: source, duration: .microseconds(Int(seconds * 1e6)), result: .success(table))))
            schedule.answered(source, pace: pipeline.pace(of: source), started: ContinuousClock.now + .seconds(tick))
        }
        feed(.tickEnded(error == nil ? .up : .timeout, seconds: 0.05))
    }

    private func answer(of source: any Source.Type) -> (any ResultTable, Double)? {
        switch source.name {
        case "activity":
            func row(_ pid: Int, _ type: String, _ database: String?) -> [String: BinaryTable.Value] {
                var row: [String: BinaryTable.Value] = [
                    "sampled_at": .time(Double(tick)), "pid": .int4(Int32(pid)), "is_self": .bool(false),
                    "usename": .text("web"), "state": .text("idle"), "backend_start": .time(-10),
                    "query_start": .time(-5), "state_change": .time(-4), "backend_type": .text(type),
                    "application_name": .text("shop"),
                ]
                row["datname"] = database.map { .text($0) }
                return row
            }
            // A worker has a database, and physical replication has none.
            let rows =
                (0..<clients).map { row($0, "client backend", "shop") } + [row(900, "autovacuum worker", "shop")]
                + [row(901, "walsender", nil), row(902, "checkpointer", nil)]
            return (BinaryTable(columns: rows[0].keys.sorted(), rows: rows), seconds)
        case "backend_count":
            let row: [String: BinaryTable.Value] = [
                "sampled_at": .time(Double(tick)), "backends": .int8(Int64(clients + 1)),
            ]
            return (BinaryTable(columns: row.keys.sorted(), rows: [row]), 0.000_2)
        case "settings":
            let rows = [
                ["max_connections", "23", nil, "integer", ""],
                ["superuser_reserved_connections", "3", nil, "integer", ""],
            ]
            return (TextTable(columns: ["name", "setting", "unit", "vartype", "short_desc"], rows: rows), 0.000_1)
        default: return nil
        }
    }

    func value(_ family: String, _ labels: Labels) -> SampleValue? {
        pipeline.snapshot().value(family, labels.adding("target", "main"))
    }

    func number(_ family: String, _ labels: Labels = .none) -> Double? {
        guard case .number(let number) = value(family, labels) else { return nil }
        return number
    }

    static let pool: Labels = ["pooler": "server", "database": "", "user": ""]
    var busy: Double? { number("poolscope_pool_connections", Self.pool.adding("state", "busy")) }
    var saturations: UInt64? {
        guard case .histogram(let histogram) = value("poolscope_pool_saturation_sampled_ratio", Self.pool) else {
            return nil
        }
        return histogram.count
    }
    func interval(_ collector: String) -> Double? {
        number("poolscope_sampling_interval_seconds", ["collector": collector])
    }
}

@Suite("A target whose interval is stretched")
struct StretchedPipelineTests {
    @Test("the metrics say so, and the slots go on at every tick")
    func saturation() {
        var server = ScriptedServer()
        for _ in 0..<20 { server.run() }
        #expect(server.pipeline.stretch == 6)
        #expect(server.interval("activity") == 6 && server.interval("backend_count") == 1)
        #expect(server.interval("settings") == 30 && server.interval("statements") == 6)
        #expect(server.number("poolscope_server_budget_ratio") == 0.01)
        let cost = server.number("poolscope_server_cost_ratio", ["collector": "activity"]) ?? 0
        #expect(0.006...0.01 ~= cost)
        while server.asked.last?.contains("activity") != true { server.run() }
        let before = server.saturations ?? 0
        #expect(server.busy == 4 && before == 20 + UInt64(server.asked.count - 20))
        // Clients come and go between two samples.
        for (tick, clients) in [7, 20, 2].enumerated() {
            server.clients = clients
            server.run()
            #expect(server.asked.last?.contains("activity") == false)
            #expect(server.busy == Double(clients))
            #expect(server.saturations == before + UInt64(tick) + 1)
            #expect(server.number("poolscope_pool_saturation_ratio", ScriptedServer.pool) == Double(clients) / 20)
            #expect(
                server.number("poolscope_pool_limit_ratio", ScriptedServer.pool.adding("limit", "server"))
                    == Double(clients) / 20)
            // Who they are is known from the last sample.
            #expect(
                server.pipeline.snapshot().families.first { $0.descriptor.name == "poolscope_connections" }?.samples
                    .count == 1)
        }
        let connections: Labels = [
            "datname": "shop", "usename": "web", "application_name": "shop", "state": "idle",
        ]
        #expect(server.number("poolscope_connections", connections) == 4)
        for _ in 0..<6 { server.run() }
        #expect(server.number("poolscope_connections", connections) == 2)
    }

    @Test("sessions' seconds are those that passed, however far apart the samples are")
    func seconds() {
        var server = ScriptedServer()
        for _ in 0..<61 { server.run() }
        while server.asked.last?.contains("activity") != true { server.run() }
        let labels: Labels = ["datname": "shop", "state": "idle", "wait_event_type": "", "wait_event": ""]
        #expect(server.number("poolscope_session_seconds_total", labels) == 4 * Double(server.asked.count - 1))
    }

    @Test("a cheap server is asked as before, and so is one without a budget")
    func unstretched() {
        for (seconds, share) in [(0.004, 0.01), (0.05, 0)] {
            var server = ScriptedServer(share: share)
            server.seconds = seconds
            for _ in 0..<50 { server.run() }
            #expect(server.asked.allSatisfy { $0.contains("activity") && !$0.contains("backend_count") })
            #expect(server.interval("activity") == 1 && server.interval("backend_count") == nil)
            #expect(server.number("poolscope_server_budget_ratio") == (share > 0 ? share : nil))
            #expect(server.number("poolscope_server_cost_ratio", ["collector": "activity"]) ?? 0 > seconds * 0.9)
        }
    }

    @Test("when the server gets quick the interval is the configured one again, and the last count is forgotten")
    func recovery() {
        var server = ScriptedServer()
        for _ in 0..<20 { server.run() }
        #expect(server.number("pg_scrape_collector_success", ["collector": "backend_count"]) == 1)
        server.seconds = 0.002
        for _ in 0..<40 { server.run() }
        #expect(server.pipeline.stretch == 1 && server.interval("activity") == 1)
        #expect(server.number("pg_scrape_collector_success", ["collector": "backend_count"]) == nil)
        #expect(server.number("poolscope_sample_timestamp_seconds", ["collector": "backend_count"]) == nil)
    }

    @Test(
        "a count that fails takes the target down, and the next tick is a sample: old numbers do not come back as new")
    func failure() {
        var server = ScriptedServer()
        for _ in 0..<20 { server.run() }
        while server.asked.last?.contains("activity") != true { server.run() }
        server.run(error: PostgresError(kind: .timeout, message: "no answer"))
        #expect(server.asked.last?.contains("backend_count") == true)
        #expect(server.busy == nil && server.number("poolscope_target_up") == 0)
        server.clients = 9
        server.run()
        #expect(server.asked.last?.contains("activity") == true)
        #expect(server.busy == 9)
    }

    @Test("a replay of it gives the same bytes after every tick, and stretches as the live run did")
    func replay() throws {
        var server = ScriptedServer()
        var random = SeededRandom(seed: 3)
        var live: [[UInt8]] = []
        for _ in 0..<120 {
            server.clients = .random(in: 0...20, using: &random)
            server.seconds = .random(in: 0.001...0.08, using: &random)
            server.run()
            live.append(TextEncoder.encode(Snapshot.merging([server.pipeline.snapshot()])))
        }
        #expect(Set(server.asked.map(\.count)).count > 1)
        var writer = RecordingWriter(server.header)
        var reader = RecordingReader()
        reader.feed(server.events.reduce(writer.beginning) { $0 + writer.records(of: $1) })
        var replay: Replay?
        var replayed: [[UInt8]] = []
        while let item = try reader.next() {
            switch item {
            case .header(let header): replay = Replay(header)
            case .gap: Issue.record("a gap")
            case .event(let event, let rows):
                guard replay?.apply(event, rows: rows) != nil, let replay else { continue }
                replayed.append(TextEncoder.encode(replay.families))
            }
        }
        #expect(reader.warnings.isEmpty)
        #expect(replayed == live)
    }
}
