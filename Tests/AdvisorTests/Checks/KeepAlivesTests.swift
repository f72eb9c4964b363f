import Testing

@testable import Advisor

@Suite("check keepalives")
struct KeepAlivesTests {
    private func outcome(idle: Double, interval: Double = 10, count: Double = 6, check: Double? = 10) -> CheckOutcome {
        KeepAlives.run(
            SampleFacts.server { server in
                var values = [
                    "tcp_keepalives_idle": idle, "tcp_keepalives_interval": interval, "tcp_keepalives_count": count,
                ]
                values["client_connection_check_interval"] = check
                server.settings = .known(SampleFacts.settings(values))
            })
    }

    @Test("the system's two hours are found, with their sum")
    func finds() throws {
        let finding = try #require(outcome(idle: 7_200, interval: 75, count: 9).findings.first)
        #expect(finding["found_out_after"] == 7_875)
        #expect(finding.message.contains("2 h 11 min"))
    }

    @Test("ten minutes are the limit")
    func limit() {
        #expect(outcome(idle: 540).isPassed)
        #expect(outcome(idle: 541).findings.count == 1)
    }

    @Test("that nobody looks during a statement is a remark, where the server could")
    func duringStatements() {
        #expect(outcome(idle: 60, check: 0).findings.map(\.subject) == ["client_connection_check_interval"])
        #expect(outcome(idle: 60, check: nil).isPassed)
    }

    @Test("over a unix socket nothing is known")
    func unixSocket() {
        #expect(outcome(idle: 0).isUnknown)
    }
}
