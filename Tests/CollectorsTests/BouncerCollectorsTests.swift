import Exposition
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("PgBouncer's columns from 1.8 to 1.25")
struct BouncerCollectorsTests {
    private let pool: Labels = ["pooler": "pgbouncer", "database": "app", "user": "web"]

    private func config(_ values: [String: String]) -> PgBouncerSettings { PgBouncerSettings(values: values) }

    @Test("pools: size with reserve, busy, waiting and the wait with its microseconds", arguments: BouncerFixture.all)
    func pools(fixture: BouncerFixture) throws {
        var collector = BouncerPoolsCollector(target: bouncer)
        let pools = try BouncerPoolsSource.decode(fixture.pools)
        let databases = try BouncerDatabasesSource.decode(fixture.databases)
        let result = snapshot(of: &collector) { facts in
            facts.set(pools, for: BouncerPoolsSource.self)
            facts.set(databases, for: BouncerDatabasesSource.self)
            facts.set(config(["max_user_connections": "0"]), for: BouncerConfigSource.self)
        }
        #expect(result.value("poolscope_pool_size", pool) == .number(5))
        #expect(result.value("poolscope_pool_saturation_ratio", pool) == .number(0.6))
        #expect(result.value("poolscope_pool_waiting_clients", pool) == .number(4))
        #expect(result.value("poolscope_pool_oldest_wait_seconds", pool) == .number(2.25))
        #expect(result.value("poolscope_pool_connections", pool.adding("state", "busy")) == .number(3))
        #expect(result.value("poolscope_pool_connections", pool.adding("state", "idle")) == .number(2))
        // The console's own pool lends nothing.
        #expect(result.families.first { $0.descriptor.name == "poolscope_pool_waiting_clients" }?.samples.count == 1)
    }

    @Test("no known version has a column that is unknown", arguments: BouncerFixture.all)
    func noneUnknown(fixture: BouncerFixture) {
        #expect(fixture.pools.unknownNumericColumns(known: BouncerPoolsSource.knownColumns ?? []) == [])
        #expect(fixture.databases.unknownNumericColumns(known: BouncerDatabasesSource.knownColumns ?? []) == [])
        #expect(fixture.totals.unknownNumericColumns(known: BouncerTotalsSource.knownColumns ?? []) == [])
    }

    @Test(
        "database and user limits cap the size; 0 is unlimited; a pool without a size has no saturation",
        arguments: [
            (["pool_size": 20.0, "reserve_pool": 5, "max_connections": 0], "0", 25.0 as Double?),
            (["pool_size": 20, "reserve_pool": 5, "max_connections": 8], "0", 8),
            (["pool_size": 20, "reserve_pool": 5, "max_connections": 8], "6", 6),
            (["pool_size": 20, "reserve_pool_size": 2], "", 22),
            (["pool_size": 0], "0", nil),
        ])
    func size(numbers: [String: Double], userLimit: String, expected: Double?) {
        let database = PgBouncerDatabase(
            name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "", numbers: numbers)
        let limits = BouncerPoolLimits(
            database: database, user: nil, config: config(["max_user_connections": userLimit]))
        #expect(limits.effectiveSize == expected)
    }

    @Test("a pool with room of its own is saturated when others have used up the database's or the user's limit")
    func sharedLimits() {
        func pool(_ database: String, _ user: String, busy: Double) -> PgBouncerPool {
            PgBouncerPool(database: database, user: user, poolMode: nil, numbers: ["sv_active": busy])
        }
        let pools = [pool("app", "web", busy: 2), pool("app", "jobs", busy: 6), pool("other", "web", busy: 1)]
        func saturation(databaseLimit: Double, userLimit: String) -> Double? {
            let database = PgBouncerDatabase(
                name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "",
                numbers: ["pool_size": 20, "max_connections": databaseLimit])
            let limits = BouncerPoolLimits(
                database: database, user: nil, config: config(["max_user_connections": userLimit]))
            return BouncerPoolsCollector.saturation(
                of: pools[0], limits: limits, size: 20, load: .init(pools))
        }
        #expect(saturation(databaseLimit: 0, userLimit: "0") == 0.1)
        #expect(saturation(databaseLimit: 8, userLimit: "0") == 1)
        #expect(saturation(databaseLimit: 0, userLimit: "4") == 0.75)
    }

    @Test("peers' pool families have a series for each column that the version has", arguments: BouncerFixture.all)
    func peers(fixture: BouncerFixture) throws {
        var collector = PeerBouncerPoolsCollector(target: bouncer)
        let pools = try BouncerPoolsSource.decode(fixture.pools)
        let result = snapshot(of: &collector) { $0.set(pools, for: BouncerPoolsSource.self) }
        let labels: Labels = ["database": "app", "user": "web"]
        #expect(result.value("pgbouncer_pools_server_active_connections", labels) == .number(3))
        #expect(result.value("pgbouncer_pools_client_maxwait_seconds", labels) == .number(2.25))
        let hasCancel = result.value("pgbouncer_pools_server_being_canceled_connections", labels) != nil
        #expect(hasCancel == !["1.8", "1.12", "1.16"].contains(fixture.version))
    }

    @Test("totals stand under both prefixes, times in seconds, and stay while the target is down")
    func totals() throws {
        var collector = PeerBouncerTotalsCollector(target: bouncer)
        let totals = try BouncerTotalsSource.decode(BouncerFixture(version: "1.25").totals)
        _ = snapshot(of: &collector) { $0.set(totals, for: BouncerTotalsSource.self) }
        collector.miss(.refused)
        let result = emitted(by: collector, isUp: false)
        for prefix in ["pgbouncer_stats_totals_", "pgbouncer_stats_"] {
            #expect(result.value(prefix + "client_wait_seconds_total", ["database": "app"]) == .number(1.5))
            #expect(result.value(prefix + "server_assignments_total", ["database": "app"]) == .number(9))
        }
    }

    @Test("databases: renamed columns give one family")
    func databases() throws {
        for version in ["1.8", "1.25"] {
            var collector = PeerBouncerDatabasesCollector(target: bouncer)
            let rows = try BouncerDatabasesSource.decode(BouncerFixture(version: version).databases)
            let result = snapshot(of: &collector) { $0.set(rows, for: BouncerDatabasesSource.self) }
            let labels: Labels = [
                "name": "app", "host": "db1", "port": "5432", "database": "orders", "force_user": "", "pool_mode": "",
            ]
            #expect(result.value("pgbouncer_databases_reserve_pool", labels) == .number(1))
            #expect(result.value("pgbouncer_databases_pool_size", labels) == .number(4))
        }
    }

    @Test("an answer that is none of PgBouncer's is refused in a sentence")
    func wrongAnswer() {
        let error = #expect(throws: DecodeError.self) {
            try BouncerPoolsSource.decode(TextTable(columns: ["x"], rows: []))
        }
        #expect(error?.description == "the answer has no column “database”; it has: x")
    }
}
