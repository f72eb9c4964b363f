import Collectors
import Exposition
import Observations
import Postgres
import Testing

@testable import Agent

@Suite("Refusals")
struct RefusalTests {
    private func connection(_ text: String) throws -> ConnectionString { try ConnectionString(parsing: text) }

    @Test("names come from the message, else from the connection string, where the database defaults to the user")
    func names() throws {
        func error(_ limit: PostgresError.FullLimit?) -> PostgresError {
            PostgresError(kind: .tooManyConnections, message: "", fullLimit: limit)
        }
        let web = try connection("host=db1 user=web")
        let shop = try connection("host=db1 user=web dbname=shop")
        #expect(Refusal(error(.role("jobs")), connection: web) == .role("jobs"))
        #expect(Refusal(error(.role(nil)), connection: web) == .role("web"))
        #expect(Refusal(error(.database(nil)), connection: web) == .database("web"))
        #expect(Refusal(error(.database(nil)), connection: shop) == .database("shop"))
        #expect(Refusal(error(.userClients), connection: web) == .userClients("web"))
        #expect(Refusal(error(.server)) == .server)
        #expect(Refusal(error(nil)) == nil)
    }

    @Test("a pipeline tells the refusal as long as the target has no connection for us, and forgets it then")
    func pipeline() {
        var pipeline = TargetPipeline(
            profile: TargetProfile(name: "main", kind: .postgres), interval: .seconds(1), board: ClusterBoard())
        func role() -> SampleValue? {
            pipeline.snapshot().value(
                "poolscope_pool_limit_ratio",
                ["pooler": "server", "database": "", "user": "web", "limit": "role", "target": "main"])
        }
        pipeline.apply(.lost, at: 0)
        pipeline.apply(.refused(.role("web")), at: 0)
        for second in 0..<3 {
            pipeline.apply(.tickEnded(.tooManyConnections, seconds: 0), at: Double(second))
            #expect(role() == .number(1))
            let saturation = pipeline.snapshot().value(
                "poolscope_pool_saturation_ratio", ["pooler": "server", "database": "", "user": "", "target": "main"])
            #expect(saturation == nil)
        }
        pipeline.apply(.lost, at: 4)
        pipeline.apply(.tickEnded(.refused, seconds: 0), at: 4)
        #expect(role() == nil)
        pipeline.apply(.tickEnded(.tooManyConnections, seconds: 0), at: 5)
        #expect(role() == nil)
    }
}
