import Observations
import Testing

@testable import Advisor

@Suite("check target-reachable")
struct TargetReachableTests {
    @Test("a target that is up passes")
    func passes() {
        #expect(TargetReachable.run(SampleFacts.server()).isPassed)
        #expect(TargetReachable.run(SampleFacts.bouncer()).isPassed)
    }

    @Test("every other state is a critical finding with a remedy", arguments: TargetState.allCases.filter { $0 != .up })
    func finds(_ state: TargetState) throws {
        var facts = CheckFacts(target: CheckedTarget(name: "db1", kind: .postgres, state: state))
        facts.target.problem = "it says why"
        let finding = try #require(TargetReachable.run(facts).findings.first)
        #expect(finding.severity == .critical)
        #expect(finding.message.contains("db1") && finding.message.contains("it says why"))
        #expect(finding.evidence == [Evidence("state", text: state.rawValue)])
        #expect(!finding.remedy.sentence.isEmpty)
    }

    @Test("a role whose own limit is full is told by name, quoted")
    func roleLimit() throws {
        var facts = CheckFacts(target: CheckedTarget(name: "db1", kind: .postgres, state: .tooManyConnections))
        facts.target.refusal = .role("wa\"tch")
        #expect(TargetReachable.run(facts).remedyLines == ["ALTER ROLE \"wa\"\"tch\" CONNECTION LIMIT 3;"])
    }
}
