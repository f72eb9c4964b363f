import Testing

@testable import Advisor

@Suite("check monitored")
struct MonitoredTests {
    private func outcome(_ monitoring: Known<MonitoringFacts>) -> CheckOutcome {
        var facts = SampleFacts.server()
        facts.monitoring = monitoring
        return Monitored.run(facts)
    }

    private func facts(scraped: Bool, loaded: Set<String>?) -> MonitoringFacts {
        MonitoringFacts(
            isScraped: scraped, loadedAlerts: loaded, expectedAlerts: ["A", "B"],
            source: .prometheus("http://prometheus:9090"))
    }

    @Test("no metrics, and alerts that are not loaded, are two findings")
    func finds() {
        let outcome = outcome(.known(facts(scraped: false, loaded: ["A", "Other"])))
        #expect(outcome.findings.count == 2)
        #expect(outcome.findings.last?["alerts_missing"] == 1)
        #expect(outcome.findings.last?.message.contains("1 of 2 alerts are not loaded") == true)
    }

    @Test("fresh metrics with all alerts pass; of alerts that nobody asked for, nothing is said")
    func passes() {
        #expect(outcome(.known(facts(scraped: true, loaded: ["A", "B"]))).isPassed)
        #expect(outcome(.known(facts(scraped: true, loaded: nil))).isPassed)
    }

    @Test("the agent alone knows whether somebody asks it, and nothing of alerts")
    func agent() {
        #expect(outcome(.known(MonitoringFacts(isScraped: true, source: .agent))).isPassed)
        let alone = outcome(.known(MonitoringFacts(isScraped: false, source: .agent)))
        #expect(alone.findings.count == 1 && alone.findings[0].message.contains("within the last five minutes"))
    }

    @Test("where nobody was asked, nothing is known")
    func unknown() {
        #expect(outcome(.unknown(why: "no --prometheus")) == .unknown("no --prometheus"))
    }
}
