import Observations
import Testing

@testable import Advisor

@Suite("check idle-session-timeout")
struct IdleSessionTimeoutTests {
    private func outcome(_ value: String?, kept: String = "600", pooled: Int = 10) -> CheckOutcome {
        var facts = SampleFacts.server { server in
            server.timeouts.change { $0.server["idle_session_timeout"] = value }
            server.sessions.change { $0.groups[0].pooled = pooled }
        }
        facts.poolers["pooler"]?.config.change { $0.values["server_idle_timeout"] = kept }
        return IdleSessionTimeout.run(facts)
    }

    @Test("one that is not longer than the pooler keeps its connections is found")
    func finds() throws {
        #expect(outcome("600000").findings.count == 1)
        // 0: the pooler never closes them.
        #expect(outcome("86400000", kept: "0").findings.count == 1)
        #expect(outcome("60000").remedyLines == ["ALTER ROLE \"web\" SET idle_session_timeout = 0;"])
    }

    @Test("a longer one, none, or one for people's sessions passes")
    func passes() {
        #expect(outcome("601000").isPassed)
        #expect(outcome("0").isPassed)
        #expect(outcome("60000", pooled: 0).isPassed)
    }

    @Test("before PostgreSQL 14 there is none")
    func oldServer() {
        #expect(outcome(nil).isNotApplicable)
    }
}
