import Observations
import Testing

@testable import Advisor

@Suite("check serverless-transaction-pooler")
struct ServerlessThroughTransactionPoolerTests {
    private func onServer(closed: Int, lifetime: Double, pooled: Int = 0, samples: Int = 60) -> CheckOutcome {
        ServerlessThroughTransactionPooler.run(
            SampleFacts.server { server in
                server.sessions.change {
                    $0.samples = samples
                    $0.groups[0].pooled = pooled
                    $0.groups[0].closed = closed
                    $0.groups[0].closedSeconds = lifetime * Double(closed)
                }
            })
    }

    private func onPooler(young: Int, old: Int, mode: String) -> CheckOutcome {
        func clients(_ count: Int, at second: Int64) -> [PgBouncerClient] {
            (0..<count).map { _ in
                PgBouncerClient(
                    database: "shop", user: "web", state: "active", connectedAt: PgBouncerTime(localSeconds: second),
                    requestedAt: PgBouncerTime(localSeconds: 1_000), pointer: 1)
            }
        }
        return ServerlessThroughTransactionPooler.run(
            SampleFacts.bouncer { bouncer in
                bouncer.pools.change { $0[0].poolMode = mode }
                bouncer.clients = .known(clients(young, at: 995) + clients(old, at: 1))
            })
    }

    @Test("direct sessions that come and go are found by application")
    func server() throws {
        let finding = try #require(onServer(closed: 10, lifetime: 2).findings.first)
        #expect(finding["mean_lifetime"] == 2 && finding.subject == "web")
    }

    @Test("few, long or pooled ones pass; one look is not enough")
    func serverPasses() {
        #expect(onServer(closed: 9, lifetime: 2).isPassed)
        #expect(onServer(closed: 10, lifetime: 10).isPassed)
        #expect(onServer(closed: 10, lifetime: 2, pooled: 10).isPassed)
        #expect(onServer(closed: 10, lifetime: 2, samples: 1).isUnknown)
    }

    @Test("a pool in session mode with mostly young clients is found")
    func pooler() throws {
        let finding = try #require(onPooler(young: 8, old: 4, mode: "session").findings.first)
        #expect(finding["young_clients"] == 8 && finding["clients"] == 12 && finding.subject == "shop/web")
    }

    @Test("transaction mode, old clients and few clients pass")
    func poolerPasses() {
        #expect(onPooler(young: 8, old: 4, mode: "transaction").isPassed)
        #expect(onPooler(young: 6, old: 6, mode: "session").isPassed)
        #expect(onPooler(young: 9, old: 0, mode: "session").isPassed)
        #expect(onPooler(young: 0, old: 0, mode: "session").isPassed)
    }
}
