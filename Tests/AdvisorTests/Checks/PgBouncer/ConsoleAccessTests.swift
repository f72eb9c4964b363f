import Observations
import Testing

@testable import Advisor

@Suite("check console-access")
struct ConsoleAccessTests {
    private func outcome(admins: String?, stats: String = "poolscope", us: String = "poolscope") -> CheckOutcome {
        ConsoleAccess.run(
            SampleFacts.bouncer(config: ["admin_users": admins, "stats_users": stats]) { bouncer in
                bouncer.console.change { $0[0].user = us }
            })
    }

    @Test("an application's user among the admins is found, and taken off")
    func application() {
        let outcome = outcome(admins: "dba, web")
        #expect(outcome.severities == [.warning] && outcome.subjects == ["web"])
        #expect(outcome.remedyLines == ["admin_users = dba", "RELOAD;"])
        #expect(self.outcome(admins: "dba", stats: "poolscope,web").severities == [.info])
    }

    @Test("nobody, and Poolscope itself as an admin, are remarks")
    func remarks() {
        #expect(outcome(admins: "").severities == [.info])
        let ours = outcome(admins: "dba,poolscope", stats: "")
        #expect(ours.severities == [.info] && ours.subjects == ["poolscope"])
        #expect(ours.remedyLines == ["stats_users = poolscope", "admin_users = dba", "RELOAD;"])
        #expect(
            outcome(admins: "dba", stats: "", us: "dba").remedyLines.prefix(2) == [
                "stats_users = poolscope", "admin_users = dba",
            ])
    }

    @Test("operators alone pass; without the settings it is not judged")
    func others() {
        #expect(outcome(admins: "dba").isPassed)
        #expect(outcome(admins: nil).isUnknown)
    }
}
