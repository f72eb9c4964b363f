import Observations
import Testing

@testable import Advisor

@Suite("check client-connections")
struct ClientConnectionLimitTests {
    private func outcome(used: Double, limit: String = "1000", files: Double? = nil) -> CheckOutcome {
        var facts = SampleFacts.bouncer(config: ["max_client_conn": limit]) { bouncer in
            bouncer.lists.change { $0["used_clients"] = used }
        }
        facts.target.fileLimit = files
        return ClientConnectionLimit.run(facts)
    }

    @Test("a limit that is nearly used up is found")
    func full() {
        #expect(outcome(used: 799).isPassed)
        #expect(outcome(used: 800).severities == [.warning])
        #expect(outcome(used: 900).severities == [.critical])
        #expect(outcome(used: 800).remedyLines == ["max_client_conn = 2000", "RELOAD;"])
        #expect(outcome(used: 90, limit: "100").remedyLines.first == "max_client_conn = 1000")
    }

    @Test("a limit on files below what clients, pools and PgBouncer itself need is found")
    func files() {
        // 1000 clients, a pool of 17 + 5, 20 of its own.
        #expect(outcome(used: 1, files: 1_042).isPassed)
        let outcome = outcome(used: 1, files: 1_024)
        #expect(outcome.subjects == ["files"] && outcome.findings[0]["files_wanted"] == 1_042)
        #expect(outcome.remedyLines == ["LimitNOFILE=2048"])
    }

    @Test("without SHOW LISTS it is not judged")
    func unknown() {
        #expect(ClientConnectionLimit.run(SampleFacts.bouncer { $0.lists = .unread }).isUnknown)
        #expect(ClientConnectionLimit.run(SampleFacts.bouncer { $0.lists = .known([:]) }).isUnknown)
    }
}
