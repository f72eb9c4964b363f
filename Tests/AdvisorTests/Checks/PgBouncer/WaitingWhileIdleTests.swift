import Observations
import Testing

@testable import Advisor

@Suite("check waiting-while-idle")
struct WaitingWhileIdleTests {
    private func outcome(
        waiting: Double = 3, working: Int = 0, idle: Int = 0, mode: String = "transaction", samples: Int = 0,
        paused: Double = 0, timeout: String = "0"
    ) -> CheckOutcome {
        WaitingWhileIdle.run(
            SampleFacts.bouncer(config: ["idle_transaction_timeout": timeout]) { bouncer in
                SampleFacts.changePool(&bouncer, mode: mode, numbers: ["cl_waiting": waiting]) {
                    ($0.samplesWaiting, $0.samplesWaitingWhileIdle) = (samples, samples)
                }
                SampleFacts.changeHolders(&bouncer, working: working, idle: idle)
                bouncer.databases.change { $0[0].numbers["paused"] = paused }
            })
    }

    @Test("a queue behind clients that idle in a transaction is found; critical when nearly all do")
    func held() {
        let outcome = outcome(working: 5, idle: 5)
        #expect(outcome.severities == [.warning] && outcome.findings[0]["longest_idle"] == 20)
        #expect(outcome.remedyLines == ["idle_transaction_timeout = 60", "RELOAD;"])
        #expect(self.outcome(working: 1, idle: 9).severities == [.critical])
        #expect(self.outcome(idle: 9, timeout: "40").remedyLines.first == "idle_transaction_timeout = 20")
    }

    @Test("in session mode the remedy is another mode")
    func session() {
        #expect(outcome(idle: 9, mode: "session").remedyLines.first == "pool_mode = transaction")
    }

    @Test("clients at work, and no queue, pass")
    func passes() {
        #expect(outcome(working: 6, idle: 5).isPassed)
        #expect(outcome(waiting: 0, idle: 10).isPassed)
    }

    @Test("a queue beside idle connections of the same pool is found, unless it is paused")
    func unused() {
        // Of 60 samples.
        #expect(outcome(samples: 5).isPassed)
        #expect(outcome(samples: 6).findings.first?["samples_waiting_while_idle"] == 6)
        #expect(outcome(samples: 6, paused: 1).isPassed)
    }

    @Test("without a watch or clients it is not judged")
    func unknown() {
        #expect(WaitingWhileIdle.run(SampleFacts.bouncer { $0.history = .unread }).isUnknown)
        #expect(WaitingWhileIdle.run(SampleFacts.bouncer { $0.servers = .unread }).isUnknown)
    }
}
