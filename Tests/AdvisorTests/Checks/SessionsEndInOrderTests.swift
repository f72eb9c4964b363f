import Testing

@testable import Advisor

@Suite("check sessions-end-in-order")
struct SessionsEndInOrderTests {
    private func outcome(_ growth: [String: Double]) -> CheckOutcome {
        SessionsEndInOrder.run(
            SampleFacts.server {
                $0.traffic = .known([DatabaseTraffic(database: "shop", seconds: 10, growth: growth)])
            })
    }

    @Test(
        "each kind of ending is found by itself",
        arguments: ["sessions_abandoned", "sessions_fatal", "sessions_killed"])
    func finds(_ column: String) throws {
        var growth = ["sessions": 20.0, "sessions_abandoned": 0]
        growth[column] = 5
        let finding = try #require(outcome(growth).findings.first)
        #expect(finding[column] == 5 && finding["rate"] == 0.5 && finding.subject == "shop")
    }

    @Test("a few among many pass")
    func passes() {
        #expect(outcome(["sessions": 20, "sessions_abandoned": 4]).isPassed)
        #expect(outcome(["sessions": 100, "sessions_abandoned": 10]).isPassed)
        #expect(outcome(["sessions": 0, "sessions_abandoned": 0]).isPassed)
    }

    @Test("a server that does not count them is not judged")
    func oldServer() {
        #expect(outcome(["xact_commit": 1]).isUnknown)
    }
}
