import Testing

@testable import Advisor

@Suite("check idle-in-transaction")
struct IdleInTransactionTests {
    private func outcome(longest: Double, idle: Int = 1, hidden: Int = 0) -> CheckOutcome {
        IdleInTransaction.run(
            SampleFacts.server { server in
                server.sessions.change {
                    $0.groups[0].longestIdleInTransaction = longest
                    $0.groups[0].idleInTransaction = idle
                    $0.hiddenSessions = hidden
                }
            })
    }

    @Test("30 s are a warning, 5 min critical", arguments: [(30.0, CheckSeverity.warning), (300, .critical)])
    func finds(_ seconds: Double, _ severity: CheckSeverity) throws {
        let outcome = outcome(longest: seconds)
        let finding = try #require(outcome.findings.first)
        #expect(finding.severity == severity && finding["longest_idle_in_transaction"] == seconds)
        #expect(outcome.remedyLines == ["ALTER ROLE \"web\" SET idle_in_transaction_session_timeout = '60s';"])
    }

    @Test("short ones pass")
    func passes() {
        #expect(outcome(longest: 29.9) == .passed("idle in transaction for 30 s at most"))
        #expect(outcome(longest: 0, idle: 0).isPassed)
    }

    @Test("many at once are found, however short")
    func crowd() throws {
        #expect(outcome(longest: 1, idle: 2).isPassed)
        let finding = try #require(outcome(longest: 1, idle: 3).findings.first)
        #expect(finding["share"] == 0.3)
    }

    @Test("where privileges hide everything, nothing is said")
    func hidden() {
        #expect(outcome(longest: 0, hidden: 10).isUnknown)
    }
}
