import Demo
import Observations
import Postgres
import Sessions
import TestSupport
import Testing

@Suite("The list of sessions on a real server")
struct SessionListTests {
    @Test("states, ages, blockers and queries are there in every version", arguments: PostgresVersion.all)
    func list(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory, version: version)
            let shop = server.dsn(database: "shop", user: "app")
            let update = "UPDATE stock SET n = n + 1 WHERE id = 1"
            let holder = ServerClients.Client("holder", shop, "BEGIN", update)
            try await ServerClients.with([holder], on: server) {
                let others = [
                    ServerClients.Client("waiter", shop, update), .init("idler", shop, "SELECT 1"),
                    .init("admin", server.dsn(database: "shop"), "SELECT pg_sleep(600)"),
                ]
                try await ServerClients.with(others, on: server) {
                    let sessions = try await SessionsUnderTest.connect(server, user: "ops")
                    let listing = try await eventually("the waiter is blocked", within: .seconds(60)) {
                        try await sessions.server.list(includesQueryText: true)
                    } is: {
                        $0.rows.contains { !$0.blockedBy.isEmpty }
                    }
                    let rows = Dictionary(uniqueKeysWithValues: listing.rows.map { ($0.activity.applicationName, $0) })
                    #expect(Set(rows.keys) == ["holder", "waiter", "idler", "admin"], "our own is not among them")
                    let holder = try #require(rows["holder"])
                    #expect(holder.activity.state == .idleInTransaction && holder.blocks == 1)
                    #expect((holder.transactionAge ?? 0) >= (holder.age ?? .infinity))
                    #expect(rows["waiter"]?.blockedBy == [holder.pid])
                    #expect(rows["waiter"]?.query == update)
                    #expect(rows["idler"]?.activity.state == .idle && rows["idler"]?.transactionAge == nil)
                    #expect(rows["admin"]?.isSuperuser == true && rows["idler"]?.isSuperuser == false)
                    #expect(rows["idler"]?.address == "127.0.0.1" && rows["idler"]?.activity.database == "shop")
                    let ages = listing.rows.compactMap(\.age)
                    #expect(ages == ages.sorted(by: >))
                    let bare = try await sessions.server.list()
                    #expect(bare.rows.allSatisfy { $0.query == nil }, "only where asked for")

                    let little = try await SessionsUnderTest.connect(server, user: "little").server.list()
                    #expect(little.rows.count(where: \.isHidden) == 5, "these, and the session of ops")
                }
            }
        }
    }
}
