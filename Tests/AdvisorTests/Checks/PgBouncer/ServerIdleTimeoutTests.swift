import Observations
import Testing

@testable import Advisor

@Suite("check server-idle-timeout")
struct ServerIdleTimeoutTests {
    private func outcome(_ timeout: String?) -> CheckOutcome {
        ServerIdleTimeout.run(SampleFacts.bouncer(config: ["server_idle_timeout": timeout]))
    }

    @Test("never, after hours and after seconds are found", arguments: ["0", "3601", "29"])
    func found(_ timeout: String) {
        #expect(outcome(timeout).severities == [.info])
        #expect(outcome(timeout).findings[0]["idle_server_connections"] == 4)
        #expect(outcome(timeout).remedyLines == ["server_idle_timeout = 600", "RELOAD;"])
    }

    @Test("at once is a warning")
    func atOnce() { #expect(outcome("4").severities == [.warning]) }

    @Test("from half a minute to an hour passes", arguments: ["30", "600", "3600"])
    func passes(_ timeout: String) { #expect(outcome(timeout).isPassed) }

    @Test("without the setting it is not judged")
    func unknown() { #expect(outcome(nil).isUnknown) }
}
