import Observations
import Testing

@testable import Advisor

@Suite("check server-lifetime")
struct ServerLifetimeTests {
    private func outcome(_ lifetime: String?, own: Double? = nil) -> CheckOutcome {
        ServerLifetime.run(
            SampleFacts.bouncer(config: ["server_lifetime": lifetime]) { bouncer in
                bouncer.databases.change { $0[0].numbers["server_lifetime"] = own }
            })
    }

    @Test("once, for seconds and for days are found")
    func found() {
        #expect(outcome("0").severities == [.warning])
        #expect(outcome("0").findings[0].message.contains("used once"))
        #expect(outcome("59").severities == [.warning])
        #expect(outcome("86401").severities == [.info])
        #expect(outcome("0").remedyLines == ["server_lifetime = 1800", "RELOAD;"])
    }

    @Test("a database's own is judged too, and mended in its line")
    func own() {
        let outcome = outcome("3600", own: 30)
        #expect(outcome.subjects == ["shop"])
        #expect(outcome.remedyLines[1] == "shop = host=10.0.0.1 port=5432 dbname=shop server_lifetime=1800")
        #expect(self.outcome("3600", own: 3_600).isPassed)
    }

    @Test("a minute to a day passes; without the setting it is not judged")
    func others() {
        #expect(outcome("60").isPassed)
        #expect(outcome("86400").isPassed)
        #expect(outcome(nil).isUnknown)
    }
}
