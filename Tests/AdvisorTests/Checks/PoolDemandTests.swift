import Observations
import Testing

@testable import Advisor

@Suite("what pools may ask of a server")
struct PoolDemandTests {
    private func demand(_ change: (inout BouncerFacts) -> Void) throws -> PoolDemand {
        var bouncer = SampleFacts.goodBouncer
        change(&bouncer)
        return try PoolDemand(["a": bouncer])
    }

    @Test("size and reserve of each pool, of all poolers")
    func sum() throws {
        let one = try demand { _ in }
        #expect(one.connections == 22)
        #expect(one.parts == [PoolDemand.Part(pooler: "a", database: "shop", pools: 1, connections: 22)])
        #expect(try PoolDemand(["a": SampleFacts.goodBouncer, "b": SampleFacts.goodBouncer]).connections == 44)
    }

    @Test("a user's own size stands before the database's, the database's limit bounds all")
    func limits() throws {
        let user = try demand { $0.users = .known([PgBouncerUser(name: "web", numbers: ["pool_size": 3])]) }
        #expect(user.connections == 8)
        let limited = try demand { $0.databases.change { $0[0].numbers["max_connections"] = 12 } }
        #expect(limited.connections == 12)
    }

    @Test("without a time-out the reserve is never used, and 0 is no limit")
    func zero() throws {
        let noReserve = try demand { $0.config.change { $0.values["reserve_pool_timeout"] = "0" } }
        #expect(noReserve.connections == 17)
        let unlimited = try demand { $0.databases.change { $0[0].numbers["pool_size"] = 0 } }
        #expect(unlimited.unlimited == ["a/shop"] && unlimited.connections == 0)
    }
}
