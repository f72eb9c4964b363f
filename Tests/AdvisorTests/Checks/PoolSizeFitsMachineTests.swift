import Testing

@testable import Advisor

@Suite("check pool-size-fits-machine")
struct PoolSizeFitsMachineTests {
    private func outcome(active: Int = 6, size: Double = 17, cores: Int? = 8) -> CheckOutcome {
        var facts = SampleFacts.server { $0.sessions.change { $0.groups[0].active = active } }
        facts.target.cores = cores
        facts.poolers["pooler"]?.databases.change { $0[0].numbers["pool_size"] = size }
        return PoolSizeFitsMachine.run(facts)
    }

    @Test("more than twice the formula at work is a warning")
    func working() throws {
        // 8 cores and an SSD: 17.
        #expect(outcome(active: 34).isPassed)
        let finding = try #require(outcome(active: 35).findings.first)
        #expect(finding.severity == .warning && finding["formula"] == 17)
    }

    @Test("pools that may open more than three times the formula are a remark")
    func possible() {
        #expect(outcome(size: 46).isPassed)
        #expect(outcome(size: 47).findings.map(\.severity) == [.info])
    }

    @Test("without the number of cores it is not judged")
    func unknown() {
        #expect(outcome(cores: nil).isUnknown)
    }
}
