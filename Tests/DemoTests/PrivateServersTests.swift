import Demo
import Foundation
import TestSupport
import Testing

@Suite("Private servers", .timeLimit(.minutes(10)))
struct PrivateServersTests {
    @Test("a private PostgreSQL starts, stops, restarts, crashes and freezes")
    func postgresVerbs() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, settings: ["max_connections": "17"])
            #expect(try await server.execute("SHOW max_connections") == "17")
            let first = try #require(await server.processID())

            try await server.restart()
            #expect(try await server.execute("SELECT 'it''s', 2") == "it's|2")
            let second = try #require(await server.processID())
            #expect(second != first)

            try await server.stop()
            #expect(await server.processID() == nil)
            await #expect(throws: PrivateServerError.self) { try await server.execute("SELECT 1") }
            try await server.start()
            try await server.stop(mode: .immediate)
            try await server.start()

            try await server.kill()
            #expect(await server.processID() == nil)
            try await server.start()
            #expect(try await server.execute("SELECT 1") == "1")

            try await server.suspend()
            #expect(await server.processID() != nil)
            let frozen = try await runTool("pg_isready", ["-d", server.dsn(), "-t", "1"])
            #expect(frozen.status != 0, "a suspended server does not answer")
            await server.resume()
            #expect(try await server.execute("SELECT 1") == "1")
        }
    }

    @Test("a PostgreSQL that was asked for passwords lets nobody in without one on 127.0.0.1")
    func passwords() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, authentication: .scram)
            _ = try await server.execute("CREATE ROLE guest LOGIN PASSWORD 'with ''space'")
            let right = try await runTool(
                "psql", ["-XAtc", "SELECT current_user", server.dsn(user: "guest", password: "with 'space")])
            #expect(right.output == "guest\n")
            let wrong = try await runTool("psql", ["-XAtc", "SELECT 1", server.dsn(user: "guest", password: "wrong")])
            #expect(wrong.status == 2)
            #expect(wrong.error.contains("password authentication failed"))
        }
    }

    @Test("a private PgBouncer starts, stops, restarts, crashes and freezes")
    func pgBouncerVerbs() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            let pooler = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": server.dsn(database: "postgres")],
                settings: ["default_pool_size": "3"], users: ["postgres": "a\"quote"])
            func selectOne() async throws -> String {
                try await runTool("psql", ["-XAtc", "SELECT 1", pooler.dsn(database: "shop") + " connect_timeout=2"])
                    .output
            }
            #expect(try await selectOne() == "1\n")
            let databases = try await pooler.console("SHOW DATABASES")
            #expect(databases.first { $0["name"] == "shop" }?["pool_size"] == "3")

            let first = try #require(await pooler.processID())
            try await pooler.restart()
            #expect(await pooler.processID() != first)
            try await pooler.kill()
            #expect(await pooler.processID() == nil)
            #expect(try await selectOne() == "")
            try await pooler.start()
            #expect(try await selectOne() == "1\n")

            try await pooler.suspend()
            #expect(try await selectOne() == "", "a suspended pooler does not answer")
            await pooler.resume()
            #expect(try await selectOne() == "1\n")
            try await pooler.stop()
            #expect(await pooler.processID() == nil)
        }
    }

    @Test("a server that cannot start says why in its own words")
    func startFailure() async throws {
        try await withPrivateDirectory { directory in
            let error = await #expect(throws: PrivateServerError.self) {
                _ = try await PrivatePostgres.start(in: directory, settings: ["shared_buffers": "many"])
            }
            #expect(error?.message.contains("shared_buffers") == true)
        }
    }

    @Test("a program that is missing is named, with what to do")
    func missingProgram() {
        let error = #expect(throws: PrivateServerError.self) { try PostgresBinaries.locate("no-such-pooler") }
        #expect(error?.message == "no-such-pooler is not installed: run `make deps`")
    }

    @Test("a private Prometheus evaluates queries and rules")
    func prometheus() async throws {
        try await withPrivateDirectory { directory in
            let rules = "groups: [{name: g, rules: [{alert: Always, expr: vector(1) > 0, labels: {severity: page}}]}]"
            let prometheus = try await PrivatePrometheus.start(
                in: directory, configuration: "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]",
                files: ["rules.yml": rules])
            #expect(try await prometheus.query("scalar(vector(2)) + 1").map(\.value) == [3])
            #expect(try await prometheus.query("no_such_metric{}").isEmpty)
            let alerts = try await eventually("the alert fires", { try await prometheus.alerts() }) {
                $0.first?.state == "firing"
            }
            #expect(alerts.map(\.name) == ["Always"])
            #expect(alerts.first?.labels["severity"] == "page")
        }
    }
}
