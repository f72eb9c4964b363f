import Demo
import Observations
import Postgres
import Sessions
import TestSupport
import Testing

@Suite("Draining a database on a real server")
struct LiveDrainTests {
    private func limit(_ server: PrivatePostgres) async throws -> String {
        try await server.execute("SELECT datconnlimit FROM pg_database WHERE datname = 'shop'")
    }

    private func settings(_ server: PrivatePostgres) async throws -> String {
        try await server.execute("SELECT count(*) FROM pg_db_role_setting")
    }

    private func sessions(_ server: PrivatePostgres) async throws -> String {
        try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'")
    }

    private func drain(_ arguments: String..., on server: PrivatePostgres, as user: String = "postgres") async throws
        -> Tool.Outcome
    {
        try await runTool(
            ProductsDirectory.poolscope, ["drain", "shop", "--postgres", server.dsn(user: user)] + arguments,
            timeout: .seconds(180))
    }

    /// Short transactions without end, and a new connection as soon as one is lost: what an application's pool does.
    private func workload(_ dsn: String) async {
        while !Task.isCancelled {
            do {
                let session = try await PostgresSession.connect(ConnectionString(parsing: dsn), timeout: .seconds(60))
                while true {
                    for statement in [
                        "BEGIN", "UPDATE stock SET n = n + 1 WHERE id = 1", "SELECT pg_sleep(0.01)", "COMMIT",
                    ] {
                        _ = try await session.simpleQuery(statement, timeout: .seconds(60))
                    }
                }
            } catch {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test("under load all sessions go and none comes back; restoring brings the very limit, and the load with it")
    func busy() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            _ = try await server.execute("ALTER DATABASE shop CONNECTION LIMIT 25")
            let dsn = server.dsn(database: "shop", user: "app") + " application_name=load"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await workload(dsn) } }
                defer { group.cancelAll() }
                try await eventually("the load is there", within: .seconds(60)) { try await sessions(server) == "8" }
                let sleeper = ServerClients.Client(
                    "sleeper", server.dsn(database: "shop", user: "app"), "SELECT pg_sleep(600)")
                let idler = ServerClients.Client(
                    "idler", server.dsn(database: "shop", user: "app"), "BEGIN", "SELECT 2")
                try await ServerClients.with([sleeper, idler], on: server) {
                    let outcome = try await drain("--yes", "--grace", "1s", "--wait", "60s", on: server)
                    #expect(outcome.status == 0, "\(outcome.error)\n\(outcome.output)")
                    #expect(outcome.output.contains("nothing is left in it"))
                    #expect(outcome.error.contains("poolscope drain --restore shop\n"))
                    #expect(outcome.error.contains("ALTER DATABASE \"shop\" CONNECTION LIMIT 25;"))
                    #expect(outcome.error.contains(#""action":"cancel""#), "the sleeper's statement")
                }
                #expect(try await sessions(server) == "0")
                #expect(try await limit(server) == "0")
                // A second drain must not take our 0 for the limit.
                #expect(try await drain("--yes", on: server).status == 0)
                #expect(try await sessions(server) == "0", "the load knocks in vain")
                let restored = try await drain("--restore", on: server)
                #expect(restored.status == 0 && restored.output.contains("connection limit is 25"))
                #expect(try await limit(server) == "25")
                #expect(try await settings(server) == "0", "nothing of ours is left")
                try await eventually("the load is back", within: .seconds(60)) { try await sessions(server) == "8" }
            }
        }
    }

    @Test("superusers, walsenders, prepared transactions and slots stay, and are told", arguments: PostgresVersion.all)
    func leftovers(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory, version: version)
            _ = try await server.execute(
                "BEGIN; UPDATE stock SET n = 1; PREPARE TRANSACTION 'left'", database: "shop")
            let clients = [
                ServerClients.Client("admin", server.dsn(database: "shop"), "SELECT 1"),
                .init(
                    "receiver", server.dsn(database: "shop", user: "app") + " replication=database",
                    "IDENTIFY_SYSTEM"),
                .init("idler", server.dsn(database: "shop", user: "app"), "SELECT 1"),
            ]
            try await ServerClients.with(clients, on: server) {
                let outcome = try await drain("--yes", "--wait", "60s", on: server)
                #expect(outcome.status == 1)
                #expect(outcome.output.contains("1 session terminated, 0 statements cancelled"), "\(outcome.output)")
                #expect(outcome.output.contains(/left alone: \d+ \(admin, postgres@shop\): it is a superuser's/))
                #expect(outcome.output.contains(/left alone: \d+ \(receiver, app@shop\): it feeds/))
                #expect(outcome.output.contains("still there: prepared transaction left (postgres, "))
                let all = try await drain(
                    "--yes", "--wait", "60s", "--include-superusers", "--include-replication", on: server)
                #expect(all.output.contains("2 sessions terminated"), "\(all.output)")
                #expect(all.status == 1, "the prepared transaction is still there")
            }
            #expect(try await drain("--restore", on: server).status == 0)
            #expect(try await limit(server) == "-1")
        }
    }

    @Test("an owner who is no superuser is told the limit, since the server will not remember it for him")
    func owner() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            _ = try await server.execute(
                "CREATE ROLE boss LOGIN; ALTER DATABASE shop OWNER TO boss; ALTER DATABASE shop CONNECTION LIMIT 7")
            let outcome = try await drain("--yes", on: server, as: "boss")
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.error.contains("poolscope drain --restore shop --connection-limit 7"))
            #expect(outcome.error.contains("keep this"))
            let restored = try await drain("--restore", on: server, as: "boss")
            #expect(restored.status == 1 && restored.error.contains("--connection-limit N"))
            #expect(try await drain("--restore", "--connection-limit", "7", on: server, as: "boss").status == 0)
            #expect(try await limit(server) == "7")
            let stranger = try await drain("--yes", on: server, as: "ops")
            #expect(stranger.status == 1 && stranger.error.contains("connect as its owner or as a superuser"))
            #expect(try await limit(server) == "7")
        }
    }

    @Test("not over a connection to the database itself, not one that is not there, and nothing unasked")
    func refused() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            let itself = try await runTool(
                ProductsDirectory.poolscope, ["drain", "shop", "--yes", "--postgres", server.dsn(database: "shop")])
            #expect(itself.status == 1 && itself.error.contains("dbname=postgres"))
            let nowhere = try await runTool(
                ProductsDirectory.poolscope, ["drain", "nowhere", "--yes", "--postgres", server.dsn()])
            #expect(nowhere.status == 1 && nowhere.error.contains("there is no database nowhere"))
            let unasked = try await drain(on: server)
            #expect(unasked.status == 2 && unasked.error.contains("--yes"))
            let dry = try await drain("--dry-run", on: server)
            #expect(dry.status == 0 && dry.output.contains("CONNECTION LIMIT 0"))
            #expect(try await limit(server) == "-1")
        }
    }
}
