import Exposition
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Limits of PgBouncer")
struct BouncerLimitsTests {
    private func labels(_ limit: String, database: String = "", user: String = "") -> Labels {
        ["pooler": "pgbouncer", "database": database, "user": user, "limit": limit]
    }

    private func ratio(_ snapshot: Snapshot, _ limit: String, database: String = "", user: String = "") -> Double? {
        let value = snapshot.value("poolscope_pool_limit_ratio", labels(limit, database: database, user: user))
        guard case .number(let number) = value else { return nil }
        return number
    }

    @Test("each version tells the limits that its columns have", arguments: BouncerFixture.all)
    func versions(fixture: BouncerFixture) throws {
        var collector = BouncerLimitsCollector(target: bouncer)
        let pools = try BouncerPoolsSource.decode(fixture.pools)
        let databases = try BouncerDatabasesSource.decode(fixture.databases)
        let users = try BouncerUsersSource.decode(fixture.users)
        #expect(fixture.users.unknownNumericColumns(known: BouncerUsersSource.knownColumns ?? []) == [])
        let result = snapshot(of: &collector) { facts in
            facts.set(pools, for: BouncerPoolsSource.self)
            facts.set(databases, for: BouncerDatabasesSource.self)
            facts.set(users, for: BouncerUsersSource.self)
            facts.set([PgBouncerList(name: "used_clients", value: 25)], for: BouncerListsSource.self)
            facts.set(
                PgBouncerSettings(values: ["max_client_conn": "100", "max_user_connections": "50"]),
                for: BouncerConfigSource.self)
        }
        let minor = Int(fixture.version.dropFirst(2)) ?? 0
        #expect(ratio(result, "client_slots") == 0.25)
        #expect(ratio(result, "pool", database: "app", user: "web") == 3.0 / (minor >= 23 ? 6 : 4))
        let reserve = minor >= 24 ? 2.0 : 1
        #expect(
            ratio(result, "pool_with_reserve", database: "app", user: "web") == 3.0 / ((minor >= 23 ? 6 : 4) + reserve))
        #expect(ratio(result, "user", user: "web") == (minor >= 23 ? 5.0 / 20 : 5.0 / 50))
        #expect(ratio(result, "user_clients", user: "web") == (minor >= 24 ? 0.7 : nil))
        // max_connections is 0 there: unlimited.
        #expect(ratio(result, "database", database: "app") == nil)
        #expect(ratio(result, "user", user: "jobs") == nil)
        #expect(
            result.value("poolscope_pool_saturation_ratio", ["pooler": "pgbouncer", "database": "", "user": ""]) == nil)
    }

    @Test("a database's limits count all its server connections and all its clients")
    func databases() {
        var collector = BouncerLimitsCollector(target: bouncer)
        let numbers = [
            "max_connections": 20.0, "current_connections": 15, "max_client_connections": 100,
            "current_client_connections": 40,
        ]
        let result = snapshot(of: &collector) { facts in
            facts.set(
                [
                    PgBouncerDatabase(
                        name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "", numbers: numbers)
                ], for: BouncerDatabasesSource.self)
        }
        #expect(ratio(result, "database", database: "app") == 0.75)
        #expect(ratio(result, "database_clients", database: "app") == 0.4)
    }

    @Test(
        "sizes as PgBouncer finds them: the user's, the database's, the default; 0 is no limit",
        arguments: [
            (["pool_size": 20], [:], [:], 20.0 as Double?, 20.0 as Double?),
            (["pool_size": 20, "reserve_pool": 5], [:], [:], 20, 25),
            (["pool_size": 20, "reserve_pool": 5], [:], ["reserve_pool_timeout": "0"], 20, 20),
            (["pool_size": 20, "reserve_pool": 5], [:], ["reserve_pool_timeout": "3"], 20, 25),
            (["pool_size": 20, "reserve_pool": 5], ["pool_size": 50, "reserve_pool_size": 1], [:], 50, 51),
            (["pool_size": 20], ["pool_size": 0], [:], nil, nil),
            (["pool_size": 0], ["pool_size": 8], [:], 8, 8),
            (["pool_size": 0], [:], ["default_pool_size": "20"], nil, nil),
            (["pool_size": -1], [:], ["default_pool_size": "20"], 20, 20),
            ([:], [:], ["default_pool_size": "20"], 20, 20),
            (["pool_size": 20, "max_connections": 8], [:], [:], 20, 8),
            (["pool_size": 20], ["max_user_connections": 6], ["max_user_connections": "3"], 20, 6),
            (["pool_size": 0, "max_connections": 8], [:], [:], nil, 8),
        ] as [([String: Double], [String: Double], [String: String], Double?, Double?)])
    func sizes(
        row: (
            database: [String: Double], user: [String: Double], config: [String: String], size: Double?,
            effective: Double?
        )
    ) {
        let limits = BouncerPoolLimits(
            database: PgBouncerDatabase(
                name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "", numbers: row.database),
            user: PgBouncerUser(name: "web", numbers: row.user), config: PgBouncerSettings(values: row.config))
        #expect(limits.size == row.size)
        #expect(limits.effectiveSize == row.effective)
    }

    @Test("with as many clients as max_client_conn the next is refused: saturation 1, although the console answers")
    func clientSlots() {
        for (used, isRefusing) in [(9.0, false), (10, true), (11, true)] {
            var collector = BouncerLimitsCollector(target: bouncer)
            let result = snapshot(of: &collector) { facts in
                facts.set([PgBouncerList(name: "used_clients", value: used)], for: BouncerListsSource.self)
                facts.set(PgBouncerSettings(values: ["max_client_conn": "10"]), for: BouncerConfigSource.self)
            }
            #expect(ratio(result, "client_slots") == used / 10)
            let whole: Labels = ["pooler": "pgbouncer", "database": "", "user": ""]
            #expect(result.value("poolscope_pool_saturation_ratio", whole) == (isRefusing ? .number(1) : nil))
        }
    }

    @Test("a console that turns us away says which limit is full, although nothing else is known")
    func refused() {
        let whole: Labels = ["pooler": "pgbouncer", "database": "", "user": ""]
        var collector = BouncerLimitsCollector(target: bouncer)
        collector.miss(.tooManyConnections, refusal: .clientSlots)
        let slots = emitted(by: collector, isUp: false)
        #expect(ratio(slots, "client_slots") == 1)
        #expect(slots.value("poolscope_pool_saturation_ratio", whole) == .number(1))
        collector.miss(.tooManyConnections, refusal: .userClients("stats"))
        let user = emitted(by: collector, isUp: false)
        #expect(ratio(user, "user_clients", user: "stats") == 1 && ratio(user, "client_slots") == nil)
        #expect(user.value("poolscope_pool_saturation_ratio", whole) == nil)
        collector.miss(.refused)
        #expect(emitted(by: collector, isUp: false).families.isEmpty)
    }

    @Test("a pool that fills up has a forecast against its effective size; one that is gone and comes back starts anew")
    func exhaustion() {
        var collector = BouncerLimitsCollector(target: bouncer)
        let database = PgBouncerDatabase(
            name: "app", host: "", port: "", database: "", forceUser: "", poolMode: "",
            numbers: ["pool_size": 50, "reserve_pool": 10])
        func forecast(at second: Int, busy: Double?) -> Double? {
            var facts = Facts()
            facts.beginTick(at: Double(second))
            let rows = busy.map {
                [
                    PgBouncerPool(database: "app", user: "web", poolMode: nil, numbers: ["sv_active": $0]),
                    PgBouncerPool(database: "app", user: "still", poolMode: nil, numbers: ["sv_active": 7]),
                ]
            }
            facts.set(rows ?? [], for: BouncerPoolsSource.self)
            facts.set([database], for: BouncerDatabasesSource.self)
            collector.observe(facts)
            let result = emitted(by: collector, isUp: true)
            let family = result.families.first { $0.descriptor.name == "poolscope_pool_exhaustion_seconds" }
            #expect(family?.samples.contains { $0.labels["user"] == "still" } != true)
            guard case .number(let seconds) = family?.samples.first?.value else { return nil }
            return seconds
        }
        var last: Double?
        for second in 0..<300 { last = forecast(at: second, busy: Double(second / 10)) }
        #expect(last.map { abs($0 - 300) < 30 } == true)
        #expect(forecast(at: 300, busy: nil) == nil)
        #expect(forecast(at: 301, busy: 30) == nil)
    }
}
