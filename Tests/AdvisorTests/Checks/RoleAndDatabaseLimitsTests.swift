import Observations
import Testing

@testable import Advisor

@Suite("check role-and-database-limits")
struct RoleAndDatabaseLimitsTests {
    private func outcome(role: Int64 = -1, database: Int64 = -1, used: Int, isSuperuser: Bool = false) -> CheckOutcome {
        RoleAndDatabaseLimits.run(
            SampleFacts.server { server in
                server.roles = .known([RoleLimit(name: "web", connectionLimit: role, isSuperuser: isSuperuser)])
                server.databases.change { $0[0].connectionLimit = database }
                server.sessions.change { $0.groups[0].current = used }
            })
    }

    @Test("a limit of a role that is nearly full is a warning, a full one critical")
    func role() throws {
        #expect(outcome(role: 20, used: 17).isPassed)
        #expect(outcome(role: 20, used: 18).findings.map(\.severity) == [.warning])
        let outcome = outcome(role: 20, used: 20)
        #expect(outcome.findings.map(\.severity) == [.critical])
        #expect(outcome.remedyLines == ["ALTER ROLE \"web\" CONNECTION LIMIT 30;"])
    }

    @Test("and so for a database")
    func database() {
        #expect(outcome(database: 10, used: 9).remedyLines == ["ALTER DATABASE \"shop\" CONNECTION LIMIT 15;"])
    }

    @Test("a limit beyond the usable slots never binds")
    func never() {
        #expect(outcome(role: 96, used: 1).findings.map(\.severity) == [.info])
        #expect(outcome(role: 95, used: 1).isPassed)
    }

    @Test("superusers are exempt, and 0 is on purpose")
    func exempt() {
        #expect(outcome(role: 5, used: 5, isSuperuser: true).isPassed)
        #expect(outcome(role: 0, database: 0, used: 5).isPassed)
    }
}
