import Observations
import Testing

@testable import Advisor

@Suite("a report of checks")
struct CheckReportTests {
    @Test("the worst findings are first, snoozed ones are apart")
    func order() {
        let report = SampleReport.report
        #expect(report.findings.map { $0.check.id }.prefix(2) == ["leaked-connections", "target-reachable"])
        #expect(
            zip(report.findings, report.findings.dropFirst()).allSatisfy { $0.finding.severity >= $1.finding.severity })
        #expect(report.snoozed.map { $0.check.id } == ["reserved-slots"])
        #expect(report.unread == ["db2"])
    }

    @Test("exit codes: a target that is away, then findings by threshold, then none")
    func exitCodes() {
        #expect(SampleReport.report.exitCode(failingOn: nil) == 3)
        let good = SampleReport.report([SampleFacts.server()])
        #expect(good.exitCode(failingOn: .info) == 0)
        let warning = SampleReport.report([
            SampleFacts.server { $0.timeouts.change { $0.server["statement_timeout"] = "0" } }
        ])
        #expect(warning.exitCode(failingOn: .critical) == 0)
        #expect(warning.exitCode(failingOn: .warning) == 1)
        #expect(warning.exitCode(failingOn: .info) == 1)
        #expect(warning.exitCode(failingOn: nil) == 0)
        let snoozed = SampleReport.report([
            SampleFacts.server { $0.settings.change { $0["superuser_reserved_connections"]?.value = 0 } }
        ])
        #expect(snoozed.exitCode(failingOn: .info) == 0 && snoozed.snoozed.count == 1)
    }

    @Test("the summary counts each result once")
    func summary() {
        let report = SampleReport.report
        let summary = report.summary
        #expect(summary.findings == report.findings.count && summary.snoozed == 1)
        #expect(summary.bySeverity.values.reduce(0, +) == summary.findings)
        let found = report.targets.flatMap(\.results).count { !$0.outcome.findings.isEmpty }
        let all = report.targets.flatMap(\.results).count
        #expect(found + summary.passed + summary.unknown + summary.notApplicable == all)
    }
}
