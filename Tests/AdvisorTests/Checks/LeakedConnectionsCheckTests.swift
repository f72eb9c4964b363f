import Testing

@testable import Advisor

@Suite("check leaked-connections")
struct LeakedConnectionsCheckTests {
    @Test("a leak is critical, and its remedy quotes what clients chose")
    func finds() throws {
        let leak = LeakedConnections(database: "shop", application: "it's", count: 7)
        let outcome = LeakedConnectionsCheck.run(SampleFacts.server { $0.leaks = .known([leak]) })
        let finding = try #require(outcome.findings.first)
        #expect(finding.severity == .critical && finding["leaked_connections"] == 7)
        #expect(outcome.remedyLines.first?.contains("application_name = 'it''s'") == true)
    }

    @Test("applications that leak none pass, and before it is known nothing is said")
    func passes() {
        let none = LeakedConnections(database: "shop", application: "web", count: 0)
        #expect(LeakedConnectionsCheck.run(SampleFacts.server { $0.leaks = .known([none]) }).isPassed)
        let unknown = LeakedConnectionsCheck.run(SampleFacts.server { $0.leaks = .unknown(why: "too early") })
        #expect(unknown == .unknown("too early"))
    }
}
