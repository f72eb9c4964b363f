import Demo
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Draining a database behind a real PgBouncer")
struct DrainPoolerTests {
    private static let patience: Duration = .seconds(60)

    /// A PgBouncer whose clients call the database `app`.
    private func withPooler(
        settings: [String: String] = [:], _ body: (PrivatePostgres, PrivatePgBouncer) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory)
            let pooler = try await PrivatePgBouncer.start(
                in: directory, databases: ["app": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope", "query_wait_timeout": "0"].merging(settings) { $1 },
                users: ["app": "", "postgres": "", "poolscope": ""])
            try await body(server, pooler)
        }
    }

    private func drain(
        _ arguments: String..., server: PrivatePostgres, pooler: PrivatePgBouncer, as user: String = "postgres"
    ) async throws -> Tool.Outcome {
        try await runTool(
            ProductsDirectory.poolscope,
            ["drain", "shop", "--postgres", server.dsn(), "--pgbouncer", pooler.dsn(user: user)] + arguments,
            timeout: .seconds(180))
    }

    private func state(_ pooler: PrivatePgBouncer) async throws -> [String: String] {
        try #require(try await pooler.console("SHOW DATABASES").first { $0["name"] == "app" })
    }

    private func limit(_ server: PrivatePostgres) async throws -> String {
        try await server.execute("SELECT datconnlimit FROM pg_database WHERE datname = 'shop'")
    }

    private func client(_ pooler: PrivatePgBouncer) async throws -> PostgresSession {
        let session = try await PostgresSession.connect(
            ConnectionString(parsing: pooler.dsn(database: "app", user: "app")), timeout: Self.patience)
        _ = try await session.simpleQuery("SELECT 1", timeout: Self.patience)
        return session
    }

    @Test("it says which clients the pooler keeps, and the console's commands that deal with them")
    func told() async throws {
        try await withPooler { server, pooler in
            let session = try await client(pooler)
            defer { session.close() }
            let dry = try await drain("--dry-run", server: server, pooler: pooler, as: "poolscope")
            #expect(dry.status == 0 && dry.output.contains("holds 1 client, 0 of them waiting"), "\(dry.output)")
            let outcome = try await drain("--yes", server: server, pooler: pooler, as: "poolscope")
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.output.contains(": app (127.0.0.1:\(server.port)) holds 1 client, "), "\(outcome.output)")
            #expect(
                outcome.output.contains("PAUSE app; after the restore RESUME app;")
                    && outcome.output.contains("DISABLE app;"))
            #expect(try await state(pooler)["paused"] == "0")
            #expect(try await drain("--restore", server: server, pooler: pooler).status == 0)
        }
    }

    @Test("with --pause-poolers a client's statement waits out the drain and is answered after the restore")
    func paused() async throws {
        try await withPooler { server, pooler in
            let session = try await client(pooler)
            defer { session.close() }
            // One whose transaction goes on: the pooler's pause is not complete until the drain has ended it.
            let busy = try await client(pooler)
            defer { busy.close() }
            _ = try await busy.simpleQuery("BEGIN", timeout: Self.patience)
            let outcome = try await drain(
                "--yes", "--pause-poolers", "--grace", "1s", "--wait", "60s", server: server, pooler: pooler)
            #expect(outcome.status == 0, "\(outcome.error)\n\(outcome.output)")
            #expect(outcome.output.contains("nothing is left in it"), "\(outcome.output)")
            #expect(outcome.error.contains("poolscope drain --restore shop --resume-poolers\n"), "\(outcome.error)")
            #expect(outcome.error.contains(#""action":"pause_pooler","database":"app","outcome":"done""#))
            #expect(
                outcome.output.contains("paused) holds 2 clients") || outcome.output.contains("paused) holds 1 client"))
            #expect(try await state(pooler)["paused"] == "1")
            #expect(try await limit(server) == "0")

            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    let waiter = try await self.client(pooler)
                    defer { waiter.close() }
                    return try await waiter.simpleQuery("SELECT 'served' AS word", timeout: Self.patience)
                        .text(row: 0, column: "word")
                }
                try await eventually("it waits in the pooler") {
                    try await pooler.console("SHOW POOLS").contains {
                        $0["database"] == "app" && $0["cl_waiting"] == "1"
                    }
                }
                let forgetful = try await drain("--restore", "--dry-run", server: server, pooler: pooler)
                #expect(forgetful.output.contains("after the restore: RESUME app;"), "\(forgetful.output)")
                let restored = try await drain("--restore", "--resume-poolers", server: server, pooler: pooler)
                #expect(restored.status == 0, "\(restored.error)")
                #expect(restored.error.contains(#""action":"resume_pooler","database":"app""#))
                #expect(restored.output.contains("1 database of poolers resumed"))
                #expect(try await group.next() == "served")
            }
            #expect(try await state(pooler)["paused"] == "0")
            #expect(try await limit(server) == "-1")
        }
    }

    @Test("where a pooler refuses, and where there is none, nothing is done")
    func refused() async throws {
        try await withPooler { server, pooler in
            let stats = try await drain("--yes", "--pause-poolers", server: server, pooler: pooler, as: "poolscope")
            #expect(stats.status == 1 && stats.error.contains("admin_users"), "\(stats.error)")
            #expect(try await limit(server) == "-1")
            #expect(try await state(pooler)["paused"] == "0")
            let none = try await runTool(
                ProductsDirectory.poolscope,
                ["drain", "shop", "--yes", "--pause-poolers", "--postgres", server.dsn()])
            #expect(none.status == 1 && none.error.contains("nothing was done"), "\(none.error)")
            let wrong = try await drain("--restore", "--pause-poolers", server: server, pooler: pooler)
            #expect(wrong.status == 64 && wrong.error.contains("--resume-poolers"))
            // A drain that cannot begin leaves nobody waiting.
            let stranger = try await runTool(
                ProductsDirectory.poolscope,
                [
                    "drain", "shop", "--yes", "--pause-poolers", "--postgres", server.dsn(user: "ops"), "--pgbouncer",
                    pooler.dsn(),
                ])
            #expect(stranger.status == 1 && stranger.error.contains("connect as its owner"), "\(stranger.error)")
            #expect(try await state(pooler)["paused"] == "0")
        }
    }
}
