import Observations
import Testing

@testable import Collectors

@Suite("Effective time-outs")
struct TimeoutsCollectorTests {
    /// The values by “scope name setting”.
    private func values(_ settings: TimeoutSettings) -> [String: Double] {
        var collector = TimeoutsCollector(target: TargetProfile(name: "main", kind: .postgres))
        let result = snapshot(of: &collector) { facts in facts.set(settings, for: TimeoutSettingsSource.self) }
        var values: [String: Double] = [:]
        for sample in result.families.flatMap(\.samples) {
            guard case .number(let value) = sample.value else { continue }
            values[["scope", "name", "setting"].map { sample.labels[$0] ?? "" }.joined(separator: " ")] = value
        }
        return values
    }

    @Test("databases and roles have their own, else the server's; a pair only where something was set for it")
    func effective() {
        let values = values(
            TimeoutSettings(
                server: ["statement_timeout": "30000", "lock_timeout": "0"], databases: ["shop", "stock"],
                roles: ["web", "job"],
                overrides: [
                    .init(database: "shop", role: nil, setting: "statement_timeout", value: "5s"),
                    .init(database: nil, role: "web", setting: "statement_timeout", value: "1min"),
                    .init(database: nil, role: "web", setting: "lock_timeout", value: "nonsense"),
                    .init(database: "shop", role: "web", setting: "lock_timeout", value: "200"),
                ]))
        #expect(values["server  statement_timeout"] == 30)
        #expect(values["server  lock_timeout"] == 0)
        #expect(values["database shop statement_timeout"] == 5)
        #expect(values["database stock statement_timeout"] == 30)
        #expect(values["role web statement_timeout"] == 60)
        #expect(values["role web lock_timeout"] == 0)
        #expect(values["role job statement_timeout"] == 30)
        #expect(values["role_in_database web@shop lock_timeout"] == 0.2)
        #expect(values["role_in_database web@shop statement_timeout"] == nil)
        #expect(values.count == 2 + 4 + 4 + 1)
    }

    @Test("what is set for all roles is the server's; what cannot be seen is absent, not zero")
    func hidden() {
        let values = values(
            TimeoutSettings(
                server: ["lock_timeout": "0"], databases: ["shop"], roles: [],
                overrides: [
                    .init(database: nil, role: nil, setting: "idle_session_timeout", value: "1h"),
                    .init(database: "shop", role: nil, setting: "statement_timeout", value: "5s"),
                ]))
        #expect(values["server  statement_timeout"] == nil)
        #expect(values["server  idle_session_timeout"] == 3_600)
        #expect(values["database shop idle_session_timeout"] == 3_600)
        #expect(values["database shop statement_timeout"] == 5)
    }
}
