import Observations
import Testing

@testable import Advisor

@Suite("check pool-mode")
struct PoolModeFitsClientsTests {
    private func outcome(
        _ mode: String, working: Int, idle: Int, servers: Double = 10, own: String = ""
    ) -> CheckOutcome {
        PoolModeFitsClients.run(
            SampleFacts.bouncer { bouncer in
                SampleFacts.changePool(&bouncer, mode: mode, numbers: ["sv_active": servers, "sv_idle": 0])
                SampleFacts.changeHolders(&bouncer, working: working, idle: idle)
                bouncer.databases.change { $0[0].poolMode = own }
            })
    }

    @Test("clients that hold connections of a session pool idly are found; a warning when the pool is nearly full")
    func idle() throws {
        let finding = try #require(outcome("session", working: 3, idle: 5, servers: 13).findings.first)
        #expect(finding.severity == .warning && finding.subject == "shop/web")
        #expect(finding["clients_holding"] == 8 && finding["idle_clients"] == 5)
        #expect(outcome("session", working: 3, idle: 5, servers: 12).severities == [.info])
    }

    @Test("the remedy is where the mode is set")
    func remedy() {
        #expect(
            outcome("session", working: 0, idle: 8).remedyLines == ["pool_mode = transaction", "RELOAD;"])
        #expect(
            outcome("session", working: 0, idle: 8, own: "session").remedyLines == [
                "[databases]", "shop = host=10.0.0.1 port=5432 dbname=shop pool_mode=transaction", "RELOAD;",
            ])
    }

    @Test("few clients, clients at work and transaction mode pass")
    func passes() {
        #expect(outcome("session", working: 1, idle: 6).isPassed)
        #expect(outcome("session", working: 4, idle: 4).isPassed)
        #expect(outcome("transaction", working: 0, idle: 10).isPassed)
    }

    @Test("statement mode is a remark")
    func statement() {
        #expect(outcome("statement", working: 0, idle: 0).severities == [.info])
    }

    @Test("without clients or pools it is not judged")
    func unknown() {
        #expect(PoolModeFitsClients.run(SampleFacts.bouncer { $0.clients = .unread }).isUnknown)
        #expect(PoolModeFitsClients.run(SampleFacts.bouncer { $0.pools = .unread }).isUnknown)
    }
}
