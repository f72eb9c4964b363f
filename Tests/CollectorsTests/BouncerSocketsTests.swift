import Exposition
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("SHOW CLIENTS and SHOW SERVERS from 1.8 to 1.25")
struct BouncerSocketsTests {
    private let pool: Labels = ["pooler": "pgbouncer", "database": "app", "user": "web"]

    private func facts(_ fixture: BouncerFixture) throws -> Facts {
        var facts = Facts()
        facts.beginTick()
        try facts.store(fixture.clients, from: BouncerClientsSource.self, for: bouncer)
        try facts.store(fixture.servers, from: BouncerServersSource.self, for: bouncer)
        return facts
    }

    @Test("no known version has a column that is unknown", arguments: BouncerFixture.all)
    func noneUnknown(fixture: BouncerFixture) {
        #expect(fixture.clients.unknownNumericColumns(known: BouncerClientsSource.knownColumns ?? []) == [])
        #expect(fixture.servers.unknownNumericColumns(known: BouncerServersSource.knownColumns ?? []) == [])
    }

    @Test("columns are found by name; those that a version lacks are absent", arguments: BouncerFixture.all)
    func decode(fixture: BouncerFixture) throws {
        let clients = try BouncerClientsSource.decode(fixture.clients)
        let minor = try #require(Int(fixture.version.dropFirst(2)))
        #expect(clients.map(\.wait) == [80.5, 0, 2.25])
        #expect(clients.map(\.isConsole) == [true, false, false])
        #expect(clients.map(\.isWaiting) == [false, false, true])
        #expect(clients[1].pointer == 0x55d0_c81d_06c0)
        #expect(clients[1].link == 0x55d0_c81f_0000)
        #expect(clients[2].link == nil)
        #expect(clients[2].id == (minor >= 24 ? 5 : nil))
        #expect(clients[2].application == (minor >= 18 ? "checkout" : ""))
        let servers = try BouncerServersSource.decode(fixture.servers)
        #expect(servers.map(\.remotePID) == [711, 712])
        #expect(servers.map(\.closeNeeded) == (minor >= 9 ? [true, false] : [nil, nil]))
    }

    @Test(
        "times differ as they should over days, months and leap years",
        arguments: [
            ("2026-02-28 23:59:40 CET", "2026-03-01 00:01:00 CET", 80.0 as Double?),
            ("2024-02-28 23:59:40 UTC", "2024-03-01 00:01:00 UTC", 86_480),
            ("2025-12-31 23:59:59 +03", "2026-01-01 00:00:00 +03", 1),
            ("1970-01-01 00:00:00 UTC", "2000-01-01 00:00:00 UTC", 946_684_800), ("", "2026-01-01 00:00:00", nil),
            ("2026-13-01 00:00:00", "2026-01-01 00:00:00", nil), ("x", "2026-01-01", nil),
            ("999999999999999999999-01-01 00:00:00", "2026-01-01 00:00:00", nil),
        ])
    func times(from: String, to: String, expected: Double?) {
        let difference = PgBouncerTime(from).flatMap { from in PgBouncerTime(to).map { $0.seconds(since: from) } }
        #expect(difference == expected)
    }

    @Test("ages are on PgBouncer's clock, over midnight and a month's end", arguments: BouncerFixture.all)
    func ages(fixture: BouncerFixture) throws {
        var collector = BouncerServersCollector(target: bouncer)
        collector.observe(try facts(fixture))
        let result = emitted(by: collector, isUp: true)
        guard case .histogram(let ages) = result.value("poolscope_pool_connection_age_seconds", pool) else {
            Issue.record("no ages")
            return
        }
        #expect(ages.count == 2)
        #expect(ages.sum == 620)
        let needed = result.value("poolscope_pool_connections_close_needed", pool)
        #expect(needed == (fixture.version == "1.8" ? nil : .number(1)))
        #expect(emitted(by: collector, isUp: false).value("poolscope_pool_connection_age_seconds", pool) == nil)
    }

    @Test("clients are counted by database, user, application and state under the peer's name")
    func peer() throws {
        var collector = PeerBouncerClientsCollector(target: bouncer)
        collector.observe(try facts(BouncerFixture(version: "1.25")))
        let result = emitted(by: collector, isUp: true)
        let labels: Labels = ["database": "app", "user": "web", "application_name": "checkout", "state": "waiting"]
        #expect(result.value("pgbouncer_client_connections", labels) == .number(1))
        #expect(result.families.first { $0.descriptor.name == "pgbouncer_client_connections" }?.samples.count == 3)
    }

    @Test("a backend is linked to the client that holds it", arguments: BouncerFixture.all)
    func links(fixture: BouncerFixture) throws {
        let links = PoolerLinks(try facts(fixture)).all
        let application = ["1.8", "1.12", "1.16"].contains(fixture.version) ? "" : "checkout"
        #expect(
            links == [
                PoolerLink(
                    backendPID: 711, poolerPort: 50_001, clientApplication: application, clientAddress: "10.0.0.7",
                    clientUser: "web")
            ])
    }

    private func client(link: UInt64? = 0xB0, requested: Int64 = 100) -> PgBouncerClient {
        PgBouncerClient(
            database: "app", user: "web", application: "jobs", state: "active",
            requestedAt: PgBouncerTime(localSeconds: requested), pointer: 0xA0, link: link)
    }

    private func server(
        link: UInt64? = 0xA0, spoke: Int64 = 90, address: String = "10.0.0.2", pid: Int32 = 7
    ) -> PgBouncerServer {
        PgBouncerServer(
            database: "app", user: "web", state: "active", address: address, localPort: 0,
            requestedAt: PgBouncerTime(localSeconds: spoke), pointer: 0xB0, link: link, remotePID: pid)
    }

    /// Links where the clients were read one tick before the servers, or in the same.
    private func links(_ clients: [PgBouncerClient], _ servers: [PgBouncerServer]?, together: Bool) -> Int {
        var facts = Facts()
        facts.beginTick()
        facts.set(clients, for: BouncerClientsSource.self)
        if !together { facts.beginTick() }
        if let servers { facts.set(servers, for: BouncerServersSource.self) }
        return PoolerLinks(facts).all.count
    }

    @Test("rows of different reads are joined only where client and server have not moved since")
    func stretched() {
        #expect(links([client()], [server()], together: true) == 1)
        #expect(links([client(link: nil)], [server(spoke: 100)], together: true) == 1, "it got the server just now")
        #expect(links([client()], [server()], together: false) == 1, "an open transaction")
        #expect(links([client(link: nil)], [server()], together: false) == 0, "another client may have its place now")
        #expect(links([client()], [server(spoke: 100)], together: false) == 0, "the server may have changed hands")
        #expect(links([client()], nil, together: true) == 0)
        #expect(links([], [server()], together: true) == 0)
    }

    @Test("servers without a client or without a process id have no link")
    func linkless() {
        #expect(links([client()], [server(link: nil)], together: true) == 0)
        #expect(links([client()], [server(pid: 0)], together: true) == 0)
    }

    @Test("over a unix socket the process id is all that is known: the port shown is the one PgBouncer listens on")
    func unixSocket() {
        var facts = Facts()
        facts.beginTick()
        facts.set([client()], for: BouncerClientsSource.self)
        var server = server(address: "unix")
        server.localPort = 6432
        facts.set([server], for: BouncerServersSource.self)
        #expect(PoolerLinks(facts).all.map(\.backendPID) == [7])
        #expect(PoolerLinks(facts).all.map(\.poolerPort) == [nil])
    }

    @Test("of more pools than the budget the largest keep series, the rest is one without size or saturation")
    func budget() {
        var collector = BouncerPoolsCollector(target: bouncer)
        let pools = (0..<PoolBudget.limit + 100).map { index in
            PgBouncerPool(
                database: "app", user: "u\(index)", poolMode: nil,
                numbers: ["cl_waiting": index < 100 ? 1 : 2, "maxwait": Double(index), "sv_active": 1])
        }
        let database = PgBouncerDatabase(
            name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "", numbers: ["pool_size": 4])
        let result = snapshot(of: &collector) { facts in
            facts.set(pools, for: BouncerPoolsSource.self)
            facts.set([database], for: BouncerDatabasesSource.self)
        }
        func samples(_ family: String) -> Int? {
            result.families.first { $0.descriptor.name == family }?.samples.count
        }
        #expect(samples("poolscope_pool_waiting_clients") == 501)
        #expect(samples("poolscope_pool_saturation_ratio") == 500)
        #expect(samples("poolscope_pool_size") == 500)
        #expect(result.value("poolscope_pool_waiting_clients", PoolBudget.other) == .number(100))
        #expect(result.value("poolscope_pool_oldest_wait_seconds", PoolBudget.other) == .number(99))
        let folded = result.value("poolscope_series_folded_total", ["family": "poolscope_pool_connections"])
        #expect(folded == .number(100))
    }
}
