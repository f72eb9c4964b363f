import Observations
import Testing

@testable import Advisor

@Suite("check close-needed")
struct ConnectionsRenewedTests {
    private func outcome(_ seconds: Double, told: Bool? = true) -> CheckOutcome {
        ConnectionsRenewed.run(
            SampleFacts.bouncer { bouncer in
                bouncer.history.change {
                    $0.closeNeeded = [
                        CloseNeeded(database: "shop", user: "web", count: 1, longestSeconds: seconds)
                    ]
                }
                bouncer.servers.change { $0[0].closeNeeded = told }
            })
    }

    @Test("one that stays for a minute is a warning, for seconds a remark")
    func lasts() {
        #expect(outcome(4.9).isPassed)
        #expect(outcome(5).severities == [.info])
        let outcome = outcome(60)
        #expect(outcome.severities == [.warning] && outcome.subjects == ["shop/web"])
        #expect(outcome.remedyLines == ["SELECT pg_terminate_backend(100);"])
    }

    @Test("versions that do not tell it, and no look at all, are not judged")
    func unknown() {
        #expect(outcome(60, told: nil).isUnknown)
        #expect(ConnectionsRenewed.run(SampleFacts.bouncer { $0.history = .unread }).isUnknown)
    }
}
