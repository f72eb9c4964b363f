import Testing

@testable import Advisor

@Suite("check connection-per-request")
struct ConnectionPerRequestTests {
    private func outcome(sessions: Double?, transactions: Double, opened: Int = 0) -> CheckOutcome {
        ConnectionPerRequest.run(
            SampleFacts.server { server in
                // A log-in is a transaction, too.
                var growth = ["xact_commit": transactions + (sessions ?? 0)]
                growth["sessions"] = sessions
                server.traffic = .known([DatabaseTraffic(database: "shop", seconds: 10, growth: growth)])
                server.sessions.change { $0.groups[0].opened = opened }
            })
    }

    @Test("a session for every transaction is found, with its rate and who opens them")
    func finds() throws {
        let finding = try #require(outcome(sessions: 100, transactions: 100, opened: 3).findings.first)
        #expect(finding.subject == "shop" && finding["session_rate"] == 10 && finding["sessions_per_transaction"] == 1)
        #expect(finding.message.contains("for every transaction.") && finding.message.contains("“web”"))
    }

    @Test("one in five is the limit, and a handful is none")
    func limits() {
        #expect(outcome(sessions: 20, transactions: 100).isPassed)
        #expect(outcome(sessions: 21, transactions: 100).findings.count == 1)
        #expect(outcome(sessions: 9, transactions: 9).isPassed)
    }

    @Test("a server that counts no sessions is not judged")
    func oldServer() {
        #expect(outcome(sessions: nil, transactions: 100).isUnknown)
    }
}
