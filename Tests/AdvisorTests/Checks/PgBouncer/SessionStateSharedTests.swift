import Observations
import Testing

@testable import Advisor

@Suite("check session-state")
struct SessionStateSharedTests {
    private func state(_ kind: SessionState.Kind, pid: Int32 = 100, port: Int32 = 40_000) -> SessionState {
        SessionState(
            pid: pid, clientPort: port, database: "shop", user: "web", application: "api", kind: kind)
    }

    private func outcome(
        _ states: [SessionState], mode: String = "transaction", always: String = "0"
    ) -> CheckOutcome {
        var facts = SampleFacts.bouncer(config: ["server_reset_query_always": always]) {
            SampleFacts.changePool(&$0, mode: mode)
        }
        facts.servers["db1"]?.sessionStates = .known(states)
        return SessionStateShared.run(facts)
    }

    @Test("each kind is found on a connection that clients share", arguments: SessionState.Kind.allCases)
    func kinds(_ kind: SessionState.Kind) throws {
        let outcome = outcome([state(kind)])
        let finding = try #require(outcome.findings.first)
        #expect(finding.severity == .critical && finding.subject == "shop/web")
        #expect(finding["connections_with_\(kind.rawValue)"] == 1 && finding.message.contains(kind.title))
        #expect(
            outcome.remedyLines.contains(
                "shop_session = host=10.0.0.1 port=5432 dbname=shop pool_mode=session pool_size=3"))
    }

    @Test("another process, another port and a pool in session mode are left alone")
    func others() {
        #expect(outcome([state(.set, pid: 101)]).isPassed)
        #expect(outcome([state(.set, port: 40_001)]).isPassed)
        #expect(outcome([]).isPassed)
        #expect(outcome([state(.set)], mode: "session").isNotApplicable)
    }

    @Test("a reset after every transaction is a remark, known without the server too")
    func reset() {
        var facts = SampleFacts.bouncer(config: ["server_reset_query_always": "1"])
        facts.servers = [:]
        #expect(SessionStateShared.run(facts).severities == [.info])
        #expect(outcome([state(.listen)], always: "1").severities == [.critical, .info])
    }

    @Test("without a server that says it, or the privilege to see it, it is not judged")
    func unknown() {
        var facts = SampleFacts.bouncer()
        facts.servers["db1"]?.sessionStates = .unread
        #expect(SessionStateShared.run(facts).isUnknown)
        facts.servers = [:]
        #expect(SessionStateShared.run(facts).isUnknown)
        facts = SampleFacts.bouncer()
        facts.servers["db1"]?.identity.change { $0.missingPrivileges = ["pg_read_all_stats"] }
        #expect(SessionStateShared.run(facts).isUnknown)
    }
}
