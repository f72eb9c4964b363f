import ClientModel
import Collectors
import Exposition
import Foundation
import Observations
import TestSupport
import Testing

@testable import Agent

/// Whole bodies of `/metrics`, so that a changed metric shows in the diff.
///
/// `UPDATE_GOLDEN=1 swift test --filter GoldenPageTests` writes the files anew.
@Suite("Golden pages")
struct GoldenPageTests {
    private static let pool = TargetProfile(name: "pool", kind: .pgbouncer)

    private func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }

    @Test("a PostgreSQL server over two ticks")
    func postgres() async throws {
        var target = GoldenTarget(
            TargetProfile(name: "main", kind: .postgres, cluster: "orders", cores: 4, spindles: 1), version: "15.18")
        target.tick(up: postgresFacts(at: 100, isLater: false))
        target.tick(up: postgresFacts(at: 101, isLater: true))
        try compare(try target.page(), with: "postgres-up.prom")
        try await compareFormats(of: try target.families(), with: "postgres-up")
    }

    @Test("the same server when it is gone: no gauge but those that say why")
    func postgresDown() throws {
        var target = GoldenTarget(TargetProfile(name: "main", kind: .postgres), version: "15.18")
        target.tick(up: postgresFacts(at: 100, isLater: false))
        target.tick(up: postgresFacts(at: 101, isLater: true))
        target.miss(.refused)
        try compare(try target.page(), with: "postgres-refused.prom")
    }

    @Test("a server that had no slot for us from the start")
    func postgresFull() throws {
        var target = GoldenTarget(TargetProfile(name: "main", kind: .postgres), version: "")
        target.miss(.tooManyConnections)
        try compare(try target.page(), with: "postgres-full.prom")
    }

    @Test("PgBouncer, from its oldest columns to its newest", arguments: BouncerFixture.all)
    func bouncer(fixture: BouncerFixture) async throws {
        var facts = Facts()
        try facts.store(fixture.pools, from: BouncerPoolsSource.self, for: Self.pool)
        try facts.store(fixture.databases, from: BouncerDatabasesSource.self, for: Self.pool)
        try facts.store(fixture.totals, from: BouncerTotalsSource.self, for: Self.pool)
        try facts.store(fixture.clients, from: BouncerClientsSource.self, for: Self.pool)
        try facts.store(fixture.servers, from: BouncerServersSource.self, for: Self.pool)
        facts.set([PgBouncerList(name: "used_clients", value: 7)], for: BouncerListsSource.self)
        facts.set(
            PgBouncerSettings(values: ["max_client_conn": "100", "pool_mode": "transaction"]),
            for: BouncerConfigSource.self)
        facts.set("PgBouncer \(fixture.version).0", for: BouncerVersionSource.self)
        var target = GoldenTarget(Self.pool, version: "\(fixture.version).0")
        target.tick(up: facts)
        try compare(try target.page(), with: "pgbouncer-\(fixture.version).prom")
        if fixture.version == "1.25" { try await compareFormats(of: try target.families(), with: "pgbouncer-1.25") }
    }

    private func postgresFacts(at seconds: Double, isLater: Bool) -> Facts {
        func row(_ pid: Int32, _ state: BackendState, query: Double, changed: Double) -> ActivityRow {
            ActivityRow(
                pid: pid, backendStart: time(1), transactionStart: state == .idle ? nil : time(query),
                queryStart: time(query), stateChange: time(changed), state: state, database: "shop", user: "web",
                applicationName: "check\"out\\", waitEventType: "Client", waitEvent: "ClientRead")
        }
        var rows = [row(1, .idleInTransaction, query: 40, changed: 41), row(2, .active, query: 95, changed: 95)]
        if isLater { rows[1] = row(2, .idle, query: 95, changed: 100.5) }
        rows.append(ActivityRow(pid: 3, backendType: "checkpointer"))
        rows.append(
            ActivityRow(pid: 4, state: .active, database: "postgres", user: "poolscope", isSelf: true))
        var facts = Facts()
        facts.set(ActivitySample(sampledAt: time(seconds), rows: rows), for: ActivitySource.self)
        facts.set(
            ["max_connections": 10.0, "superuser_reserved_connections": 3].sorted { $0.key < $1.key }.map {
                ServerSetting(name: $0.key, value: $0.value, unit: .none, description: "A setting.")
            }, for: SettingsSource.self)
        facts.set(
            [
                DatabaseStatistics(
                    id: 16_384, name: "shop", connectionLimit: -1, statsReset: nil,
                    numbers: ["numbackends": 2, "xact_commit": 1234, "session_time": 1500, "sessions": 9])
            ], for: DatabasesSource.self)
        facts.set([RoleLimit(name: "web", connectionLimit: 20)], for: RolesSource.self)
        facts.set(
            ServerIdentity(
                version: "15.18", fullVersion: "PostgreSQL 15.18 on x86_64", startedAt: time(0), isReplica: false,
                missingPrivileges: ["pg_monitor", "pg_read_all_stats"]), for: IdentitySource.self)
        return facts
    }

    /// The other formats of a page: OpenMetrics as it is, which Python's client must read, protobuf as text.
    private func compareFormats(of families: [MetricFamily], with name: String) async throws {
        let openMetrics = String(decoding: OpenMetricsEncoder.encode(families), as: UTF8.self)
        let read = try await OpenMetricsOracle.read([openMetrics])
        #expect(read.first?.count == families.count { !$0.samples.isEmpty })
        try compare(openMetrics, with: "\(name).openmetrics")
        let messages = try ClientModelReader.read(ProtobufEncoder.encode(families))
        #expect(messages.count == read.first?.count)
        // Long, and of one kind of target much like of another.
        guard name == "postgres-up" else { return }
        try compare(messages.map { $0.textFormatString() }.joined(separator: "\n"), with: "\(name).textproto")
    }

    private func compare(_ page: String, with name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try page.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let (lines, expectedLines) = (page.split(separator: "\n"), expected.split(separator: "\n"))
        for (line, expectedLine) in zip(lines, expectedLines) where line != expectedLine {
            Issue.record("\(name): “\(line)” instead of “\(expectedLine)”")
            return
        }
        #expect(lines.count == expectedLines.count, "\(name) has more or fewer lines")
    }
}

private struct Undeclared: Error {
    let what: String
}

/// A target without its session: collectors and report, fed by hand.
private struct GoldenTarget {
    private let profile: TargetProfile
    private let version: String
    private var collectors: [any Collector]
    private var report: TargetReport
    private var state = TargetState.connecting

    init(_ profile: TargetProfile, version: String) {
        self.profile = profile
        self.version = version
        collectors = Collectors.make(for: profile)
        report = TargetReport(profile: profile, interval: .seconds(1))
    }

    mutating func tick(up facts: Facts) {
        state = .up
        for index in collectors.indices { collectors[index].observe(facts) }
        for source in Collectors.sources(for: profile.kind) {
            report.record(SourceReading(source: source, outcome: .ok, duration: .milliseconds(2)), at: 1_700_000_000)
        }
        report.recordTick(seconds: 0.25)
    }

    mutating func miss(_ state: TargetState) {
        self.state = state
        for index in collectors.indices { collectors[index].miss(state) }
    }

    func page() throws -> String {
        String(decoding: TextEncoder.encode(try families()), as: UTF8.self)
    }

    /// - Throws: `Undeclared` for a family that the catalogue lacks, or a series whose labels are not the declared ones.
    func families() throws -> [MetricFamily] {
        var builder = SnapshotBuilder(constant: [Label("target", profile.name)], isUp: state == .up)
        for collector in collectors { collector.emit(into: &builder) }
        report.emit(state: state, version: version, into: &builder)
        let families = Snapshot.merging([builder.build()])
        let declared = Dictionary(uniqueKeysWithValues: Catalogue.families.map { ($0.name, $0) })
        for family in families {
            let name = family.descriptor.name
            let declaration = name.hasPrefix("pg_settings_") ? declared["pg_settings_*"] : declared[name]
            guard let declaration, declaration.type == family.descriptor.type else { throw Undeclared(what: name) }
            for sample in family.samples {
                let labels = sample.labels.pairs.map(\.name)
                guard labels == (declaration.labels + ["target"]).sorted() else {
                    throw Undeclared(what: "\(name)\(labels)")
                }
            }
        }
        return families
    }
}
