import Observations
import Testing

@testable import Advisor

@Suite("effective time-outs")
struct EffectiveTimeoutsTests {
    private typealias Override = TimeoutSettings.Override

    private func timeouts(_ overrides: [Override]) -> EffectiveTimeouts {
        EffectiveTimeouts(
            TimeoutSettings(
                server: ["statement_timeout": "60000"], databases: ["shop"], roles: ["web"], overrides: overrides))
    }

    @Test("the most special holds")
    func precedence() {
        func seconds(_ overrides: [Override]) -> Double? {
            timeouts(overrides).seconds("statement_timeout", role: "web", database: "shop")
        }
        let all = Override(database: nil, role: nil, setting: "statement_timeout", value: "50s")
        let database = Override(database: "shop", role: nil, setting: "statement_timeout", value: "40s")
        let role = Override(database: nil, role: "web", setting: "statement_timeout", value: "30s")
        let pair = Override(database: "shop", role: "web", setting: "statement_timeout", value: "0")
        #expect(seconds([]) == 60)
        #expect(seconds([all]) == 50)
        #expect(seconds([all, database]) == 40)
        #expect(seconds([all, database, role]) == 30)
        #expect(seconds([pair, role, database, all]) == 0)
    }

    @Test("what is set for another role or database does not count, nor what the server would not take")
    func others() {
        let others = [
            Override(database: "other", role: nil, setting: "statement_timeout", value: "1s"),
            Override(database: nil, role: "batch", setting: "statement_timeout", value: "1s"),
            Override(database: nil, role: "web", setting: "statement_timeout", value: "soon"),
        ]
        #expect(timeouts(others).seconds("statement_timeout", role: "web", database: "shop") == 60)
        #expect(timeouts(others).seconds("lock_timeout", role: "web", database: "shop") == nil)
    }
}
