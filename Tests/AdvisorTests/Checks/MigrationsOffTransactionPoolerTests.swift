import Observations
import Testing

@testable import Advisor

@Suite("check migrations-session-pooler")
struct MigrationsOffTransactionPoolerTests {
    private func outcome(_ application: String, mode: String) -> CheckOutcome {
        MigrationsOffTransactionPooler.run(
            SampleFacts.bouncer { bouncer in
                bouncer.pools.change { $0[0].poolMode = mode }
                bouncer.clients.change { $0[0].application = application }
            })
    }

    @Test("a tool in transaction mode is found", arguments: ["Flyway by Redgate", "pg_dump", "alembic"])
    func finds(_ tool: String) throws {
        let outcome = outcome(tool, mode: "transaction")
        #expect(try #require(outcome.findings.first).subject == tool)
        #expect(outcome.remedyLines.last == "shop_session = dbname=shop pool_mode=session pool_size=3")
    }

    @Test("in session mode, and for other applications, all is well")
    func passes() {
        #expect(outcome("pg_dump", mode: "session").isPassed)
        #expect(outcome("web", mode: "transaction").isPassed)
    }
}
