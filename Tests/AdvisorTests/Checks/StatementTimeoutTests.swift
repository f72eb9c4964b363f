import Observations
import Testing

@testable import Advisor

@Suite("check statement-timeout")
struct StatementTimeoutTests {
    private func outcome(
        server value: String?, overrides: [TimeoutSettings.Override] = [], users: [String] = ["web"]
    ) -> CheckOutcome {
        StatementTimeout.run(
            SampleFacts.server { server in
                server.timeouts.change {
                    $0.server["statement_timeout"] = value
                    $0.overrides = overrides
                }
                server.sessions = .known(
                    SessionSurvey(
                        groups: users.map {
                            SessionGroup(owner: SessionOwner(database: "shop", user: $0, application: ""))
                        }))
            })
    }

    private func override(_ role: String, _ value: String) -> TimeoutSettings.Override {
        .init(database: nil, role: role, setting: "statement_timeout", value: value)
    }

    @Test("a role without one is found, with the statement that sets it")
    func finds() throws {
        let outcome = outcome(server: "0", overrides: [override("web", "30s")], users: ["web", "Batch \"x\""])
        let finding = try #require(outcome.findings.first)
        #expect(outcome.findings.count == 1 && finding.subject == "Batch \"x\"" && finding["statement_timeout"] == 0)
        #expect(outcome.remedyLines == ["ALTER ROLE \"Batch \"\"x\"\"\" SET statement_timeout = '30s';"])
    }

    @Test("the server's own, or one set for the role, passes")
    func passes() {
        #expect(outcome(server: "30000") == .passed("statement_timeout is set for every role seen, 30 s at most"))
        #expect(outcome(server: "0", overrides: [override("web", "5min")]).isPassed)
    }

    @Test("a role that takes its time-out off is found in spite of the server's")
    func takenOff() {
        #expect(outcome(server: "30000", overrides: [override("web", "0")]).findings.map(\.subject) == ["web"])
    }

    @Test("superusers are left out")
    func superusers() {
        #expect(outcome(server: "0", users: ["postgres"]).isPassed)
    }

    @Test("a server's value that cannot be seen is told")
    func hidden() {
        #expect(outcome(server: nil).isUnknown)
    }

    @Test("many roles are summed up")
    func many() throws {
        let outcome = outcome(server: "0", users: (1...25).map { "role\($0)" })
        #expect(outcome.findings.count == TimeoutRoles.limit + 1)
        #expect(try #require(outcome.findings.last)["roles"] == 15)
    }
}
