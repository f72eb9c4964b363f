import Exposition
import Observations
import Testing

@testable import Collectors

/// Runs one collector over observations and gives its snapshot.
func snapshot<C: Collector>(of collector: inout C, isUp: Bool = true, _ prepare: (inout Facts) -> Void) -> Snapshot {
    var facts = Facts()
    facts.beginTick()
    prepare(&facts)
    collector.observe(facts)
    return emitted(by: collector, isUp: isUp)
}

func emitted<C: Collector>(by collector: C, isUp: Bool) -> Snapshot {
    var builder = SnapshotBuilder(isUp: isUp)
    collector.emit(into: &builder)
    return builder.build()
}

let server = TargetProfile(name: "main", kind: .postgres)
let bouncer = TargetProfile(name: "pool", kind: .pgbouncer)

private func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }

private func settings(max: Double, superuser: Double, reserved: Double? = nil) -> [ServerSetting] {
    var settings = [("max_connections", max), ("superuser_reserved_connections", superuser)]
    if let reserved { settings.append(("reserved_connections", reserved)) }
    return settings.map { ServerSetting(name: $0.0, value: $0.1, unit: .none, description: "") }
}

@Suite("Server slots")
struct ServerSlotsCollectorTests {
    private let labels: Labels = ["pooler": "server", "database": "", "user": ""]

    @Test(
        "only client backends take slots, and the reserved ones are not for everybody",
        arguments: [
            (nil, 7.0), (2.0, 5.0),
        ])
    func slots(reserved: Double?, usable: Double) {
        var collector = ServerSlotsCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            facts.set(settings(max: 10, superuser: 3, reserved: reserved), for: SettingsSource.self)
            facts.set(
                ActivitySample(
                    sampledAt: time(10),
                    rows: [
                        ActivityRow(pid: 1), ActivityRow(pid: 2, isSelf: true),
                        ActivityRow(pid: 3, backendType: "parallel worker"),
                        ActivityRow(pid: 4, database: "a", user: "u", backendType: nil),
                        ActivityRow(pid: 5, database: "a", backendType: nil),
                        ActivityRow(pid: 6, backendType: "walsender"),
                    ]), for: ActivitySource.self)
        }
        #expect(result.value("poolscope_pool_size", labels) == .number(usable))
        #expect(result.value("poolscope_pool_connections", labels.adding("state", "busy")) == .number(3))
        #expect(result.value("poolscope_pool_connections", labels.adding("state", "free")) == .number(usable - 3))
        #expect(result.value("poolscope_pool_saturation_ratio", labels) == .number(3 / usable))
    }

    @Test("a server that refuses for lack of slots is saturated, although nothing else is known")
    func refusing() throws {
        var collector = ServerSlotsCollector(target: server)
        collector.miss(.tooManyConnections)
        let result = emitted(by: collector, isUp: false)
        #expect(result.value("poolscope_pool_saturation_ratio", labels) == .number(1))
        #expect(result.value("poolscope_pool_connections", labels.adding("state", "busy")) == nil)
        guard case .histogram(let histogram) = result.value("poolscope_pool_saturation_sampled_ratio", labels) else {
            Issue.record("no histogram")
            return
        }
        #expect(histogram.count == 1 && histogram.sum == 1)
    }

    @Test("a server that is away for another reason has no saturation")
    func away() {
        var collector = ServerSlotsCollector(target: server)
        collector.miss(.refused)
        #expect(emitted(by: collector, isUp: false).families.isEmpty)
    }
}

@Suite("Connections")
struct ConnectionsCollectorTests {
    @Test("client backends are counted by database, role, application and state")
    func counted() {
        var collector = ConnectionsCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            facts.set(
                ActivitySample(
                    sampledAt: time(10),
                    rows: [
                        ActivityRow(pid: 1, state: .active, database: "a", user: "u", applicationName: "web"),
                        ActivityRow(pid: 2, state: .active, database: "a", user: "u", applicationName: "web"),
                        ActivityRow(pid: 3, database: "a", user: "u", applicationName: "x", backendType: nil),
                        ActivityRow(pid: 4, backendType: "checkpointer"),
                    ]), for: ActivitySource.self)
        }
        func labels(_ application: String, _ state: String) -> Labels {
            ["datname": "a", "usename": "u", "application_name": application, "state": state]
        }
        #expect(result.value("poolscope_connections", labels("web", "active")) == .number(2))
        #expect(result.value("poolscope_connections", labels("x", "")) == .number(1))
        #expect(result.families.first { $0.descriptor.name == "poolscope_connections" }?.samples.count == 2)
    }

    @Test("application names without end stay within the budget, and no connection is lost")
    func budget() {
        var rules = SamplingRules()
        rules.seriesLimit = 50
        var collector = ConnectionsCollector(target: TargetProfile(name: "main", kind: .postgres, rules: rules))
        var total = 0.0
        for round in 0..<3 {
            let rows = (0..<1000).map {
                ActivityRow(
                    pid: Int32($0), state: .idle, database: "a", user: "u", applicationName: "job-\(round)-\($0)")
            }
            let result = snapshot(of: &collector) { facts in
                facts.set(ActivitySample(sampledAt: time(Double(round)), rows: rows), for: ActivitySource.self)
            }
            let samples = result.families.first { $0.descriptor.name == "poolscope_connections" }?.samples ?? []
            // The places of the first names are kept for them for a while.
            #expect(samples.count == (round == 0 ? 51 : 1))
            #expect(samples.contains { $0.labels["application_name"] == "other" && $0.labels["state"] == "idle" })
            #expect(samples.contains { $0.labels["application_name"] == "other" && $0.labels["datname"] == "a" })
            #expect(samples.map(\.value).reduce(0) { if case .number(let n) = $1 { $0 + n } else { $0 } } == 1000)
            total += round == 0 ? 950 : 1000
            #expect(
                result.value("poolscope_series_folded_total", ["family": "poolscope_connections"]) == .number(total))
        }
    }
}

@Suite("Session seconds")
struct SessionSecondsCollectorTests {
    private func tick(_ collector: inout SessionSecondsCollector, at seconds: Double) -> Snapshot {
        snapshot(of: &collector) { facts in
            facts.set(
                ActivitySample(
                    sampledAt: time(seconds),
                    rows: [
                        ActivityRow(pid: 1, state: .active, database: "a", waitEventType: "Lock", waitEvent: "tuple"),
                        ActivityRow(pid: 2, state: .active, database: "a", backendType: "parallel worker"),
                        ActivityRow(pid: 3, state: .active, database: "a", backendType: "walsender"),
                        ActivityRow(pid: 4, state: .active, database: "a", isSelf: true),
                    ]), for: ActivitySource.self)
        }
    }

    /// The family itself; what the budget folded is published beside it.
    private func sessionSeconds(_ snapshot: Snapshot) -> MetricFamily? {
        snapshot.families.first { $0.descriptor.name == "poolscope_session_seconds_total" }
    }

    @Test("each sample adds the time that really passed, for clients and parallel workers")
    func elapsed() {
        var collector = SessionSecondsCollector(target: server)
        let waiting: Labels = [
            "datname": "a", "state": "active", "wait_event_type": "Lock", "wait_event": "tuple",
        ]
        let running: Labels = ["datname": "a", "state": "active", "wait_event_type": "", "wait_event": ""]
        #expect(sessionSeconds(tick(&collector, at: 10)) == nil)
        #expect(tick(&collector, at: 11.5).value("poolscope_session_seconds_total", waiting) == .number(1.5))
        let third = tick(&collector, at: 12)
        #expect(third.value("poolscope_session_seconds_total", waiting) == .number(2))
        #expect(third.value("poolscope_session_seconds_total", running) == .number(2))
    }

    @Test("the time of a gap is credited to nobody")
    func gap() {
        var collector = SessionSecondsCollector(target: server)
        _ = tick(&collector, at: 10)
        collector.miss(.timeout)
        #expect(sessionSeconds(tick(&collector, at: 100)) == nil)
        let running: Labels = ["datname": "a", "state": "active", "wait_event_type": "", "wait_event": ""]
        #expect(tick(&collector, at: 101).value("poolscope_session_seconds_total", running) == .number(1))
    }
}

@Suite("Oldest")
struct OldestCollectorTests {
    @Test("ages are taken against the sample's clock: query from its start, idle in transaction from its last change")
    func ages() {
        var collector = OldestCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            facts.set(
                ActivitySample(
                    sampledAt: time(100),
                    rows: [
                        ActivityRow(
                            pid: 1, backendStart: time(5), transactionStart: time(10), queryStart: time(20),
                            stateChange: time(30),
                            state: .idleInTransaction, database: "a"),
                        ActivityRow(
                            pid: 2, backendStart: time(5), transactionStart: time(90), queryStart: time(95),
                            stateChange: time(95),
                            state: .active, database: "a"),
                        ActivityRow(
                            pid: 3, backendStart: time(1), queryStart: time(1), stateChange: time(2), state: .idle,
                            database: "b"),
                        ActivityRow(
                            pid: 4, backendStart: time(5), transactionStart: time(101), queryStart: time(101),
                            state: .active, database: "c"),
                    ]), for: ActivitySource.self)
        }
        func value(_ family: String, _ database: String) -> SampleValue? {
            result.value("poolscope_oldest_\(family)_seconds", ["datname": database])
        }
        #expect(value("query", "a") == .number(5))
        #expect(value("transaction", "a") == .number(90))
        #expect(value("idle_in_transaction", "a") == .number(70))
        #expect(value("query", "b") == .number(0))
        #expect(value("query", "c") == .number(0), "an age is never negative")
    }

    @Test("where a session hides its times, nothing is said of its database rather than a false zero")
    func hidden() {
        var collector = OldestCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            let hidden = ActivityRow(pid: 1, database: "a", user: "u", backendType: nil)
            let open = ActivityRow(pid: 2, backendStart: time(1), state: .idle, database: "b", user: "u")
            facts.set(ActivitySample(sampledAt: time(100), rows: [hidden, open]), for: ActivitySource.self)
        }
        #expect(result.value("poolscope_oldest_query_seconds", ["datname": "a"]) == nil)
        #expect(result.value("poolscope_oldest_query_seconds", ["datname": "b"]) == .number(0))
    }
}

@Suite("postgres_exporter's activity families")
struct PeerActivityCollectorTests {
    @Test("every database has a zero row per state; NULL states and databases are counted; our own session is not")
    func rows() {
        var collector = PeerActivityCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            facts.set(
                ActivitySample(
                    sampledAt: time(100),
                    rows: [
                        ActivityRow(pid: 1, state: .idle, database: "a", user: "u", applicationName: "web"),
                        ActivityRow(pid: 2, backendType: "checkpointer"),
                        ActivityRow(pid: 3, state: .active, database: "a", isSelf: true),
                    ]), for: ActivitySource.self)
        }
        let samples = result.families.first { $0.descriptor.name == "pg_stat_activity_count" }?.samples ?? []
        #expect(samples.count == 8)
        let nonZero = samples.filter { $0.value != .number(0) }.map(\.labels)
        #expect(nonZero.count == 2)
        #expect(nonZero.contains { $0["backend_type"] == "checkpointer" && $0["datname"] == "" && $0["state"] == "" })
    }

    @Test("the idle histogram is of this moment and of all groups")
    func idle() {
        var collector = PeerActivityCollector(target: server)
        func look(_ rows: [ActivityRow]) -> Snapshot {
            snapshot(of: &collector) {
                $0.set(ActivitySample(sampledAt: time(100), rows: rows), for: ActivitySource.self)
            }
        }
        let rows = ["x", "y"].map {
            ActivityRow(pid: 1, stateChange: time(90), state: .idle, applicationName: $0)
        }
        #expect(look(rows).families.first { $0.descriptor.name == "pg_process_idle_seconds" }?.samples.count == 2)
        #expect(look([]).families.first { $0.descriptor.name == "pg_process_idle_seconds" } == nil)
    }
}

@Suite("Settings")
struct SettingsTests {
    @Test("units become seconds and bytes; -1 stays -1; booleans are 0 and 1")
    func units() throws {
        let table = TextTable(
            columns: ["name", "setting", "unit", "vartype", "short_desc"],
            rows: [
                ["statement_timeout", "1500", "ms", "integer", "S"],
                ["shared_buffers", "2", "8kB", "integer", "B"], ["log_min_duration", "-1", "ms", "integer", "L"],
                ["autovacuum", "on", nil, "bool", "A"], ["checkpoint_timeout", "5", "min", "integer", "C"],
                ["pg_stat_statements.max", "5000", nil, "integer", "P"],
            ])
        let settings = try SettingsSource.decode(table)
        let families = settings.map { PeerSettingsCollector.family(of: $0).name }
        #expect(settings.map(\.value) == [1.5, 16_384, -1, 1, 300, 5000])
        #expect(
            families == [
                "pg_settings_statement_timeout_seconds", "pg_settings_shared_buffers_bytes",
                "pg_settings_log_min_duration_seconds", "pg_settings_autovacuum",
                "pg_settings_checkpoint_timeout_seconds", "pg_settings_pg_stat_statements_max",
            ])
    }
}

@Suite("Catalogue of the collectors")
struct CollectorListTests {
    @Test("every family has a help text, and every histogram its buckets")
    func names() {
        #expect(Collectors.families.count > 60)
        for family in Collectors.families {
            #expect(!family.help.isEmpty, "\(family.name)")
            if family.type == .histogram { #expect(!family.buckets.isEmpty, "\(family.name)") }
        }
    }

    @Test("sources have unique names, and each is read once")
    func sources() {
        for kind in TargetKind.allCases {
            let names = Collectors.sources(for: kind).map { $0.name }
            #expect(Set(names).count == names.count)
            #expect(!names.isEmpty)
        }
    }
}
