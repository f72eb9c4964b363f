import Observations
import Testing

@testable import Advisor

@Suite("check idle-in-transaction-timeout")
struct IdleInTransactionTimeoutTests {
    private func outcome(_ values: [String: String]) -> CheckOutcome {
        IdleInTransactionTimeout.run(
            SampleFacts.server { server in server.timeouts.change { $0.server.merge(values) { $1 } } })
    }

    @Test("none is found, with the statement that sets it")
    func finds() {
        let outcome = outcome(["idle_in_transaction_session_timeout": "0"])
        #expect(outcome.findings.map(\.subject) == ["web"])
        #expect(outcome.remedyLines == ["ALTER ROLE \"web\" SET idle_in_transaction_session_timeout = '60s';"])
    }

    @Test("one passes, and so does a transaction_timeout in its place")
    func passes() {
        #expect(outcome([:]).isPassed)
        let both = ["idle_in_transaction_session_timeout": "0", "transaction_timeout": "120000"]
        #expect(outcome(both).isPassed)
        let neither = ["idle_in_transaction_session_timeout": "0", "transaction_timeout": "0"]
        #expect(outcome(neither).findings.count == 1)
    }
}
