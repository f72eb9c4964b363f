import Testing

@testable import Advisor

@Suite("check superuser-applications")
struct SuperuserApplicationsTests {
    private func outcome(user: String, application: String, pooled: Int = 0) -> CheckOutcome {
        SuperuserApplications.run(
            SampleFacts.server { server in
                server.sessions.change {
                    $0.groups[0].owner.user = user
                    $0.groups[0].owner.application = application
                    $0.groups[0].pooled = pooled
                }
            })
    }

    @Test("an application that is a superuser is found; through a pooler it is critical")
    func finds() {
        let outcome = outcome(user: "postgres", application: "shop-api")
        #expect(outcome.findings.map(\.severity) == [.warning])
        #expect(outcome.remedyLines.first == "CREATE ROLE \"shop-api\" LOGIN CONNECTION LIMIT 40;")
        let pooled = self.outcome(user: "postgres", application: "", pooled: 10)
        #expect(pooled.findings.map(\.severity) == [.critical])
        #expect(pooled.remedyLines.first == "CREATE ROLE \"shop_app\" LOGIN CONNECTION LIMIT 40;")
    }

    @Test("tools of operators and other roles pass")
    func passes() {
        #expect(outcome(user: "postgres", application: "psql").isPassed)
        #expect(outcome(user: "postgres", application: "pgAdmin 4 - DB:shop").isPassed)
        #expect(outcome(user: "web", application: "shop-api").isPassed)
    }
}
