import Testing

@testable import Advisor

@Suite("check connection-pool-used")
struct ConnectionPoolUsedTests {
    private func direct(_ count: Int, application: String = "api") -> SessionGroup {
        var group = SessionGroup(
            owner: SessionOwner(database: "shop", user: "web", application: application, address: "10.0.0.7"))
        (group.current, group.idle, group.peak) = (count, count, count)
        return group
    }

    private func outcome(_ groups: [SessionGroup], poolers: Bool = true) -> CheckOutcome {
        var facts = SampleFacts.server { $0.sessions = .known(SessionSurvey(groups: groups)) }
        if !poolers { facts.poolers = [:] }
        return ConnectionPoolUsed.run(facts)
    }

    @Test("clients that bypass a watched pooler are named")
    func bypass() throws {
        let finding = try #require(outcome([direct(11), SampleFacts.pooledGroup]).findings.first)
        #expect(finding["direct_sessions"] == 11 && finding["pooled_sessions"] == 10)
        #expect(finding.message.contains("bypass the pooler: 11 × “web” (application “api”, from 10.0.0.7)"))
    }

    @Test("with few sessions, or mostly pooled ones, nothing is wrong")
    func few() {
        #expect(outcome([direct(9), SampleFacts.pooledGroup]).isPassed)
        #expect(outcome([direct(10), SampleFacts.pooledGroup]).isPassed)
        #expect(outcome([]).isPassed)
    }

    @Test("without a pooler, direct clients are found when they hold more than half of the slots")
    func crowd() {
        // 95 usable slots.
        #expect(outcome([direct(47)], poolers: false).isPassed)
        #expect(outcome([direct(48)], poolers: false).findings.count == 1)
    }
}
