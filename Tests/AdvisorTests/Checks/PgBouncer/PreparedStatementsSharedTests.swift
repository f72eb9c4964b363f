import Observations
import Testing

@testable import Advisor

@Suite("check prepared-statements")
struct PreparedStatementsSharedTests {
    private func outcome(
        _ maximum: String?, version: String = "PgBouncer 1.24.1", mode: String = "transaction", prepared: Int64 = 0
    ) -> CheckOutcome {
        PreparedStatementsShared.run(
            SampleFacts.bouncer(config: ["max_prepared_statements": maximum]) { bouncer in
                SampleFacts.changePool(&bouncer, mode: mode)
                bouncer.version = .known(version)
                bouncer.clients.change { $0[0].preparedStatements = prepared }
            })
    }

    @Test("0 in transaction mode is found")
    func off() {
        let outcome = outcome("0")
        #expect(outcome.severities == [.warning])
        #expect(outcome.remedyLines == ["max_prepared_statements = 200", "RELOAD;"])
    }

    @Test("a version that cannot is a remark")
    func old() {
        let outcome = outcome(nil, version: "PgBouncer 1.18.0")
        #expect(outcome.severities == [.info])
        #expect(
            outcome.findings[0].message.contains("PgBouncer 1.18.0")
                && outcome.findings[0].message.contains("“shop/web”"))
    }

    @Test("a client with more than are kept is a remark, with a number that is enough")
    func exceeded() {
        let outcome = outcome("200", prepared: 201)
        #expect(outcome.severities == [.info] && outcome.findings[0]["prepared_statements"] == 201)
        #expect(outcome.remedyLines.first == "max_prepared_statements = 300")
        #expect(self.outcome("200", prepared: 200).isPassed)
    }

    @Test("session mode is not asked; without version and setting it is not judged")
    func others() {
        #expect(outcome("0", mode: "session").isNotApplicable)
        #expect(outcome(nil).isUnknown)
        #expect(PreparedStatementsShared.run(SampleFacts.bouncer { $0.config = .unread }).isUnknown)
    }
}
