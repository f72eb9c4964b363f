import Observations
import Testing

@testable import Advisor

@Suite("check reserve-pool")
struct ReservePoolTests {
    private func outcome(
        size: Double = 5, timeout: String = "3", waits: String = "20", wait: Double = 0
    ) -> CheckOutcome {
        ReservePool.run(
            SampleFacts.bouncer(
                config: [
                    "reserve_pool_size": CheckText.number(size), "reserve_pool_timeout": timeout,
                    "query_wait_timeout": waits,
                ]
            ) { bouncer in
                bouncer.databases.change { $0[0].numbers["reserve_pool_size"] = size }
                SampleFacts.changePool(&bouncer) { $0.longestWait = wait }
            })
    }

    @Test("none while clients wait is found, with a quarter of the pool")
    func none() {
        #expect(outcome(size: 0, wait: 0.9).isPassed)
        let outcome = outcome(size: 0, wait: 1)
        #expect(outcome.severities == [.info] && outcome.subjects == ["shop/web"])
        #expect(outcome.remedyLines == ["reserve_pool_size = 5", "RELOAD;"])
    }

    @Test("a reserve that never opens, or too late, is found")
    func late() {
        #expect(outcome(timeout: "0").severities == [.info])
        #expect(outcome(timeout: "20").severities == [.warning])
        #expect(outcome(timeout: "11").severities == [.info])
        #expect(outcome(timeout: "11", waits: "8").remedyLines == ["reserve_pool_timeout = 2", "RELOAD;"])
        #expect(outcome(timeout: "10").isPassed)
        #expect(outcome(timeout: "10", waits: "0").isPassed)
    }

    @Test("without its settings it is not judged")
    func unknown() {
        #expect(ReservePool.run(SampleFacts.bouncer(config: ["reserve_pool_timeout": nil])).isUnknown)
    }
}
