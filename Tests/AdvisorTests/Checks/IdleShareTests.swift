import Testing

@testable import Advisor

@Suite("check idle-share")
struct IdleShareTests {
    private func outcome(idle: Int, active: Int) -> CheckOutcome {
        IdleShare.run(
            SampleFacts.server { server in
                server.sessions.change {
                    ($0.groups[0].idle, $0.groups[0].active) = (idle, active)
                    $0.groups[0].current = 60
                    if idle + active != 60 { $0.groups[0].current = idle + active }
                }
            })
    }

    @Test("mostly idle sessions are a remark; when they fill the server, a warning")
    func finds() throws {
        let finding = try #require(outcome(idle: 17, active: 3).findings.first)
        #expect(finding.severity == .info && finding["idle_share"] == 0.85)
        #expect(outcome(idle: 50, active: 10).findings.map(\.severity) == [.warning])
    }

    @Test("few sessions, or busy ones, pass")
    func passes() {
        #expect(outcome(idle: 19, active: 0).isPassed)
        #expect(outcome(idle: 16, active: 4).isPassed)
    }

    @Test("where privileges hide states, nothing is said")
    func hidden() {
        let facts = SampleFacts.server { server in
            server.sessions.change { ($0.groups[0].idle, $0.groups[0].active) = (0, 0) }
        }
        #expect(IdleShare.run(facts).isUnknown)
    }
}
