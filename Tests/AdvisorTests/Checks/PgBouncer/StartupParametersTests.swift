import Observations
import Testing

@testable import Advisor

@Suite("check startup-parameters")
struct StartupParametersTests {
    private func outcome(_ ignored: String?, tracked: String? = nil) -> CheckOutcome {
        StartupParameters.run(
            SampleFacts.bouncer(
                config: ["ignore_startup_parameters": ignored, "track_extra_parameters": tracked]))
    }

    @Test("a time-out that is dropped is found, and set for the role")
    func dropped() {
        let outcome = outcome("extra_float_digits, statement_timeout,search_path")
        #expect(outcome.severities == [.warning] && outcome.findings[0]["dropped_parameters"] == 2)
        #expect(
            outcome.remedyLines == [
                "ALTER ROLE \"web\" SET statement_timeout = '30s';", "ignore_startup_parameters = extra_float_digits",
                "RELOAD;",
            ])
        #expect(self.outcome("options").remedyLines == ["ignore_startup_parameters = extra_float_digits", "RELOAD;"])
    }

    @Test("what is tracked is not dropped")
    func tracked() { #expect(outcome("search_path", tracked: "IntervalStyle, search_path").isPassed) }

    @Test("nothing ignored is a remark; what JDBC sends passes")
    func others() {
        #expect(outcome("").severities == [.info])
        #expect(outcome("extra_float_digits,application_name").isPassed)
        #expect(outcome(nil).isUnknown)
    }
}
