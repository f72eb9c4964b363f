import Observations
import Testing

@testable import Advisor

@Suite("check lock-timeout")
struct LockTimeoutTests {
    private func outcome(lock: String, statement: String) -> CheckOutcome {
        LockTimeout.run(
            SampleFacts.server { server in
                server.timeouts.change {
                    $0.server["lock_timeout"] = lock
                    $0.server["statement_timeout"] = statement
                }
            })
    }

    @Test("neither a lock time-out nor a short statement time-out is a remark")
    func finds() {
        #expect(outcome(lock: "0", statement: "0").findings.map(\.severity) == [.info])
        #expect(outcome(lock: "0", statement: "61000").findings.count == 1)
    }

    @Test("either of the two passes")
    func passes() {
        #expect(outcome(lock: "5000", statement: "0").isPassed)
        #expect(outcome(lock: "0", statement: "60000").isPassed)
    }
}
