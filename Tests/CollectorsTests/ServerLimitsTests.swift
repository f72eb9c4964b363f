import Exposition
import Observations
import Testing

@testable import Collectors

@Suite("Limits of a server")
struct ServerLimitsTests {
    private func time(_ seconds: Double) -> ServerTime { ServerTime(unixSeconds: 1_000_000 + seconds) }

    private func labels(_ limit: String, database: String = "", user: String = "") -> Labels {
        ["pooler": "server", "database": database, "user": user, "limit": limit]
    }

    private func setting(_ name: String, _ value: Double) -> ServerSetting {
        ServerSetting(name: name, value: value, unit: .none, description: "")
    }

    private func activity(_ rows: [ActivityRow], at seconds: Double = 0) -> ActivitySample {
        ActivitySample(sampledAt: time(seconds), rows: rows)
    }

    private func database(_ name: String, limit: Int64?) -> DatabaseStatistics {
        DatabaseStatistics(id: 1, name: name, connectionLimit: limit, statsReset: nil, numbers: [:])
    }

    private func ratios(_ snapshot: Snapshot) -> [Labels] {
        snapshot.families.first { $0.descriptor.name == "poolscope_pool_limit_ratio" }?.samples.map(\.labels) ?? []
    }

    @Test("client backends over the server's, the roles' and the databases' limits; without a limit there is no series")
    func shares() {
        var collector = ServerLimitsCollector(target: server)
        let rows = [
            ActivityRow(pid: 1, database: "shop", user: "web"), ActivityRow(pid: 2, database: "shop", user: "web"),
            ActivityRow(pid: 3, database: "shop", user: "root"),
            ActivityRow(pid: 4, database: "shop", user: "web", backendType: "parallel worker"),
            ActivityRow(pid: 5, user: "web", backendType: "walsender"),
            ActivityRow(pid: 6, database: "shop", backendType: "autovacuum worker"),
        ]
        let result = snapshot(of: &collector) { facts in
            facts.set(activity(rows), for: ActivitySource.self)
            facts.set(
                [setting("max_connections", 15), setting("superuser_reserved_connections", 3)],
                for: SettingsSource.self)
            facts.set(
                [
                    RoleLimit(name: "web", connectionLimit: 8), RoleLimit(name: "idle", connectionLimit: 4),
                    RoleLimit(name: "free", connectionLimit: -1), RoleLimit(name: "barred", connectionLimit: 0),
                    RoleLimit(name: "root", connectionLimit: 1, isSuperuser: true),
                ], for: RolesSource.self)
            facts.set(
                [database("shop", limit: 4), database("other", limit: -1), database("none", limit: nil)],
                for: DatabasesSource.self)
        }
        #expect(result.value("poolscope_pool_limit_ratio", labels("server")) == .number(3.0 / 12))
        #expect(result.value("poolscope_pool_limit_ratio", labels("role", user: "web")) == .number(2.0 / 8))
        #expect(result.value("poolscope_pool_limit_ratio", labels("role", user: "idle")) == .number(0))
        #expect(result.value("poolscope_pool_limit_ratio", labels("database", database: "shop")) == .number(3.0 / 4))
        #expect(ratios(result).count == 4)
    }

    @Test("of thousands of limited roles the fullest are published")
    func bounded() {
        var collector = ServerLimitsCollector(target: server)
        let rows = (0..<10).map { ActivityRow(pid: Int32($0), database: "shop", user: "role-1999") }
        let result = snapshot(of: &collector) { facts in
            facts.set(activity(rows), for: ActivitySource.self)
            facts.set((0..<2_000).map { RoleLimit(name: "role-\($0)", connectionLimit: 20) }, for: RolesSource.self)
        }
        #expect(ratios(result).count == server.rules.seriesLimit)
        #expect(result.value("poolscope_pool_limit_ratio", labels("role", user: "role-1999")) == .number(0.5))
    }

    @Test("the slots' exhaustion is forecast from their trend, by the server's clock")
    func exhaustion() throws {
        var collector = ServerLimitsCollector(target: server)
        var result = Snapshot.empty
        for second in 0..<400 {
            let rows = (0..<(second / 10)).map { ActivityRow(pid: Int32($0), database: "shop", user: "web") }
            result = snapshot(of: &collector) { facts in
                facts.set(activity(rows, at: Double(second)), for: ActivitySource.self)
                facts.set([setting("max_connections", 100)], for: SettingsSource.self)
            }
        }
        let value = result.value("poolscope_pool_exhaustion_seconds", ["pooler": "server", "database": "", "user": ""])
        guard case .number(let seconds) = value else {
            Issue.record("no forecast")
            return
        }
        #expect(abs(seconds - 600) < 60)
        collector.miss(.refused)
        #expect(emitted(by: collector, isUp: false).families.isEmpty)
    }

    @Test(
        "a target that turns us away tells which limit is full, and saturation only when it is the server's",
        arguments: [
            (nil, ["pooler": "server", "limit": "server"], true),
            (.server, ["pooler": "server", "limit": "server"], true),
            (.role("web"), ["pooler": "server", "limit": "role", "user": "web"], false),
            (.database("shop"), ["pooler": "server", "limit": "database", "database": "shop"], false),
            (.clientSlots, ["pooler": "pgbouncer", "limit": "client_slots"], false),
            (.userClients("web"), ["pooler": "pgbouncer", "limit": "user_clients", "user": "web"], false),
        ] as [(Refusal?, [String: String], Bool)])
    func refused(refusal: Refusal?, expected: [String: String], isServer: Bool) {
        var limits = ServerLimitsCollector(target: server)
        var slots = ServerSlotsCollector(target: server)
        limits.miss(.tooManyConnections, refusal: refusal)
        slots.miss(.tooManyConnections, refusal: refusal)
        let labels = Labels(
            ["pooler": "", "database": "", "user": "", "limit": ""].merging(expected) { $1 }.map { Label($0, $1) })
        let result = emitted(by: limits, isUp: false)
        #expect(result.value("poolscope_pool_limit_ratio", labels) == .number(1))
        #expect(ratios(result).count == 1)
        let saturation = emitted(by: slots, isUp: false).value(
            "poolscope_pool_saturation_ratio", ["pooler": "server", "database": "", "user": ""])
        #expect(saturation == (isServer ? .number(1) : nil))
        limits.miss(.refused, refusal: nil)
        #expect(emitted(by: limits, isUp: false).families.isEmpty)
    }
}
