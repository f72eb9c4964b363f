import Collectors
import Observations
import Postgres
import TestSupport

@testable import Agent

/// A recording made by hand: PgBouncer with the columns of its versions from 1.8 to 1.25, and PostgreSQL 15 over four
/// ticks, in which two statements end, a session is lost and a tick is skipped.
enum SampleRecording {
    static let start = 1_764_000_000.0

    static var header: RecordingHeader {
        let server = TargetProfile(name: "server", kind: .postgres, cluster: "orders", cores: 4)
        let poolers = BouncerFixture.all.map { TargetProfile(name: "bouncer-\($0.version)", kind: .pgbouncer) }
        return RecordingHeader(
            agentVersion: "0.1.0", startTime: start,
            targets: ([server] + poolers).map { .init(profile: $0, interval: .seconds(1)) }, includesQueryText: false)
    }

    static var events: [TimedEvent] {
        var events: [TimedEvent] = []
        var time = start
        func add(_ target: Int, _ event: PipelineEvent) {
            time = WallTime.seconds(WallTime.microseconds(time) + 1_234)
            events.append(TimedEvent(target: target, time: time, event: event))
        }
        func answer(_ target: Int, _ source: any Source.Type, _ table: any ResultTable) {
            add(
                target,
                .answered(SourceAnswer(source: source, duration: .microseconds(1_500), result: .success(table))))
        }
        for (index, fixture) in BouncerFixture.all.enumerated() {
            let target = index + 1
            add(target, .opened(version: fixture.version + ".0"))
            add(target, .tickBegan)
            answer(target, BouncerPoolsSource.self, fixture.pools)
            answer(target, BouncerTotalsSource.self, fixture.totals)
            answer(target, BouncerDatabasesSource.self, fixture.databases)
            let error = PostgresError(kind: .statementFailed, sqlState: .protocolViolation, message: "unsupported")
            add(
                target,
                .answered(SourceAnswer(source: BouncerStateSource.self, duration: .zero, result: .failure(error))))
            add(target, .tickEnded(.up, seconds: 0.01))
        }
        add(0, .opened(version: "15.18"))
        for tick in 0..<2 {
            add(0, .tickBegan)
            answer(0, ActivitySource.self, activity(tick))
            answer(0, SettingsSource.self, settings)
            add(0, .tickEnded(.up, seconds: 0.02))
            time += 1
        }
        let lost = PostgresError(kind: .disconnected, message: "server closed the connection unexpectedly")
        add(0, .skipped(ticks: 1))
        add(0, .tickBegan)
        add(0, .answered(SourceAnswer(source: ActivitySource.self, duration: .zero, result: .failure(lost))))
        add(0, .lost)
        add(0, .tickEnded(.disconnected, seconds: 0))
        add(0, .opened(version: "15.18"))
        add(0, .tickBegan)
        answer(0, ActivitySource.self, activity(3))
        add(0, .tickEnded(.up, seconds: 0.02))
        // A tick that was cut off: it must have no effect.
        add(0, .tickBegan)
        answer(0, ActivitySource.self, activity(9))
        return events
    }

    static func versions() -> (bytes: [UInt8], ticks: Int) {
        var writer = RecordingWriter(header)
        let bytes = events.reduce(writer.beginning) { $0 + writer.records(of: $1) }
        return (bytes, BouncerFixture.all.count + 4)
    }

    private static var settings: TextTable {
        TextTable(
            columns: ["name", "setting", "unit", "vartype", "short_desc"],
            rows: [
                ["max_connections", "20", nil, "integer", "Connections."],
                ["superuser_reserved_connections", "3", nil, "integer", "Reserved."],
            ])
    }

    /// Three clients of `shop`: one idle in transaction, one that ends a statement of 5.5 s at the second tick and is
    /// gone at the fourth, one whose statement runs on; a checkpointer, and the agent.
    private static func activity(_ tick: Int) -> RecordedTable {
        let columns = [
            ("sampled_at", TypeOID.timestamptz), ("pid", TypeOID.int4), ("is_self", TypeOID.bool),
            ("datname", TypeOID.text), ("usename", 19), ("application_name", TypeOID.text), ("state", TypeOID.text),
            ("wait_event_type", TypeOID.text), ("wait_event", TypeOID.text), ("backend_start", TypeOID.timestamptz),
            ("xact_start", TypeOID.timestamptz), ("query_start", TypeOID.timestamptz),
            ("state_change", TypeOID.timestamptz), ("client_address", TypeOID.text), ("client_port", TypeOID.int4),
            ("backend_type", TypeOID.text), ("leader_pid", TypeOID.int4), ("query_id", TypeOID.int8),
        ].map { TableColumn(name: $0.0, typeOID: $0.1, isBinary: true) }
        let now = 100.0 + Double(tick)
        func client(_ pid: Int32, _ state: String, query: Double, changed: Double) -> [[UInt8]?] {
            [
                time(now), pid.bytes, [0], text("shop"), text("web"), text("check\"out"), text(state), text("Client"),
                text("ClientRead"), time(1), state == "idle" ? nil : time(query), time(query), time(changed),
                text("10.0.0.9"),
                (40_000 + pid).bytes, text("client backend"), nil, Int64(pid).bytes,
            ]
        }
        var rows = [client(11, "idle in transaction", query: 40, changed: 41)]
        if tick == 0 { rows.append(client(12, "active", query: 95, changed: 95)) }
        if 1...2 ~= tick { rows.append(client(12, "idle", query: 95, changed: 100.5)) }
        rows.append(client(13, "active", query: 99, changed: 99))
        let rest: [[UInt8]?] = Array(repeating: nil, count: 6)
        rows.append(
            [time(now), Int32(14).bytes, [0], nil, nil, text(""), nil, nil, nil] + rest + [
                text("checkpointer"), nil, nil,
            ])
        rows.append(
            [time(now), Int32(15).bytes, [1], text("postgres"), text("poolscope"), text("poolscope"), text("active")]
                + [nil, nil, time(1), time(now), time(now), time(now), nil, nil, text("client backend"), nil, nil])
        return RecordedTable(columns, rows)
    }

    private static func text(_ text: String) -> [UInt8]? { Array(text.utf8) }

    private static func time(_ seconds: Double) -> [UInt8]? { Int64(seconds * 1_000_000).bytes }
}

extension FixedWidthInteger {
    /// Big-endian, as PostgreSQL's binary format.
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
