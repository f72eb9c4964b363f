import Observations
import Testing

@testable import Advisor

@Suite("check query-wait-timeout")
struct QueryWaitTimeoutTests {
    private func outcome(_ timeout: String?, wait: Double = 0) -> CheckOutcome {
        QueryWaitTimeout.run(
            SampleFacts.bouncer(config: ["query_wait_timeout": timeout]) { bouncer in
                SampleFacts.changePool(&bouncer) { $0.longestWait = wait }
            })
    }

    @Test("for ever is a warning, critical when somebody has waited for minutes")
    func forever() {
        #expect(outcome("0").severities == [.warning])
        #expect(outcome("0", wait: 121).severities == [.critical])
        #expect(outcome("0").remedyLines == ["query_wait_timeout = 30", "RELOAD;"])
    }

    @Test("longer than clients wait is a remark")
    func long() {
        #expect(outcome("60").isPassed)
        #expect(outcome("120").severities == [.info])
    }

    @Test("without the setting it is not judged")
    func unknown() { #expect(outcome(nil).isUnknown) }
}
