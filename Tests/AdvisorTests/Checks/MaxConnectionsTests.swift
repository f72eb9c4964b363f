import Testing

@testable import Advisor

@Suite("check max-connections")
struct MaxConnectionsTests {
    private func outcome(_ connections: Double, memoryGiB: Double?, cores: Int?) -> CheckOutcome {
        var facts = SampleFacts.server { server in
            server.settings.change { $0["max_connections"]?.value = connections }
        }
        facts.target.memoryBytes = memoryGiB.map { $0 * 1024 * 1024 * 1024 }
        facts.target.cores = cores
        return MaxConnections.run(facts)
    }

    @Test("more than the memory bears is a warning, with a number that fits")
    func memory() throws {
        // 8 GiB of buffers, and 14 MiB for each of 1,000 sessions.
        let outcome = outcome(1_000, memoryGiB: 16, cores: nil)
        let finding = try #require(outcome.findings.first)
        #expect(outcome.findings.count == 1 && finding.severity == .warning)
        let gibibyte = 1_073_741_824.0
        let most: Double = 8 * gibibyte + 1_000 * 14 * gibibyte / 1_024
        #expect(finding["possible_use"] == most)
        #expect(outcome.remedyLines == ["ALTER SYSTEM SET max_connections = 351;"])
        #expect(self.outcome(500, memoryGiB: 16, cores: nil).isPassed)
    }

    @Test("more than 40 a core, and more than 200, are a remark")
    func cores() {
        #expect(outcome(320, memoryGiB: nil, cores: 8).isPassed)
        #expect(outcome(321, memoryGiB: nil, cores: 8).findings.map(\.severity) == [.info])
        #expect(outcome(200, memoryGiB: nil, cores: 1).isPassed)
    }

    @Test("without a word of the host it is not judged")
    func unknown() {
        #expect(outcome(100, memoryGiB: nil, cores: nil).isUnknown)
    }
}
