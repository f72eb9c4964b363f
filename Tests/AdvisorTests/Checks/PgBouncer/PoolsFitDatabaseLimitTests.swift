import Observations
import Testing

@testable import Advisor

@Suite("check database-limit")
struct PoolsFitDatabaseLimitTests {
    private func outcome(limit: Double, users: [String] = ["web"], used: Double = 10, waiting: Double = 0)
        -> CheckOutcome
    {
        PoolsFitDatabaseLimit.run(
            SampleFacts.bouncer { bouncer in
                bouncer.databases.change {
                    $0[0].numbers["max_connections"] = limit
                    $0[0].numbers["current_connections"] = used
                }
                bouncer.pools = .known(
                    users.map {
                        PgBouncerPool(
                            database: "shop", user: $0, poolMode: "transaction", numbers: ["cl_waiting": waiting])
                    })
            })
    }

    @Test("pools that want more than the limit take from each other")
    func shared() throws {
        // 17 and a reserve of 5, twice.
        #expect(outcome(limit: 44, users: ["web", "jobs"]).isPassed)
        let outcome = outcome(limit: 43, users: ["web", "jobs"])
        #expect(outcome.severities == [.info] && outcome.findings[0]["pool_connections_possible"] == 44)
        #expect(outcome.remedyLines[1] == "shop = host=10.0.0.1 port=5432 dbname=shop pool_size=21")
    }

    @Test("it is a warning when clients wait for it, or when it is smaller than one pool")
    func warning() {
        #expect(outcome(limit: 30, users: ["web", "jobs"], used: 27, waiting: 1).severities == [.warning])
        #expect(outcome(limit: 30, users: ["web", "jobs"], used: 26, waiting: 1).severities == [.info])
        #expect(outcome(limit: 21).severities == [.warning])
    }

    @Test("without a limit nothing is wrong; without databases it is not judged")
    func others() {
        #expect(outcome(limit: 0).isPassed)
        #expect(PoolsFitDatabaseLimit.run(SampleFacts.bouncer { $0.databases = .unread }).isUnknown)
    }
}
