import Testing

@testable import Advisor

@Suite("check pool-size-fits-slots")
struct PoolSizeFitsSlotsTests {
    private func outcome(size: Double, used: Int = 10) -> CheckOutcome {
        var facts = SampleFacts.server { server in
            server.sessions.change { ($0.groups[0].current, $0.groups[0].pooled) = (used, used) }
        }
        facts.poolers["pooler"]?.databases.change { $0[0].numbers["pool_size"] = size }
        return PoolSizeFitsSlots.run(facts)
    }

    @Test("pools that may open more than the usable slots are found, with a size that fits")
    func tooMany() throws {
        // 95 usable slots; 90 and a reserve of 5 just fit.
        #expect(outcome(size: 90, used: 0).isPassed)
        let outcome = outcome(size: 91, used: 0)
        let finding = try #require(outcome.findings.first)
        #expect(finding.severity == .warning && finding["pool_connections_possible"] == 96)
        #expect(outcome.remedyLines == ["default_pool_size = 85"])
    }

    @Test("what the measured load needs is said where all poolers' was measured")
    func needed() throws {
        var facts = SampleFacts.server()
        facts.poolers["pooler"]?.databases.change { $0[0].numbers["pool_size"] = 91 }
        facts.poolers["pooler"]?.load = SampleFacts.load(inUse: 4)
        #expect(PoolSizeFitsSlots.run(facts).findings.first?["load_needs"] == 9)
        facts.poolers["second"] = SampleFacts.goodBouncer
        #expect(PoolSizeFitsSlots.run(facts).findings.first?["load_needs"] == nil)
    }

    @Test("it is critical when the slots are nearly used up")
    func critical() {
        #expect(outcome(size: 91, used: 86).findings.map(\.severity) == [.critical])
    }

    @Test("a pool without a limit is found")
    func unlimited() {
        #expect(outcome(size: 0).findings.first?.message.contains("“pooler/shop”") == true)
    }

    @Test("without a pooler, or with several servers, it is not judged")
    func unknown() {
        var facts = SampleFacts.server()
        facts.servers = ["replica": SampleFacts.goodServer]
        #expect(PoolSizeFitsSlots.run(facts).isUnknown)
        (facts.servers, facts.poolers) = ([:], [:])
        #expect(PoolSizeFitsSlots.run(facts).isUnknown)
    }
}
