import Demo
import Testing

@testable import Postgres

@Suite("PgBouncer's console", .privatePostgres())
struct ConsoleTests {
    private let server = PrivatePostgres.current!

    @Test("the console answers simple statements, and goes on after a wrong one")
    func console() async throws {
        try await server.withBouncer { port in
            let console = try await connect(port, "user=admin dbname=pgbouncer")
            let databases = try await console.simpleQuery("show databases", timeout: .seconds(5))
            let names = (0..<databases.rowCount).map { databases.text(row: $0, column: "name") }
            #expect(names.contains("app") && names.contains("pgbouncer"))
            #expect(databases.columns.allSatisfy { !$0.isBinary })
            let wrong = await failure { _ = try await console.simpleQuery("show nonsense", timeout: .seconds(5)) }
            #expect(wrong?.kind == .statementFailed && wrong?.isConnectionLost == false)
            #expect(try await console.simpleQuery("show version", timeout: .seconds(5)).rowCount == 1)
            #expect(console.parameter("server_version")?.contains("bouncer") == true)
        }
    }

    @Test("a user of stats_users may see pools but not reload")
    func statistics() async throws {
        try await server.withBouncer { port in
            let console = try await connect(port, "user=stats dbname=pgbouncer")
            #expect(try await console.simpleQuery("show pools", timeout: .seconds(5)).rowCount >= 1)
            let error = await failure { _ = try await console.simpleQuery("reload", timeout: .seconds(5)) }
            #expect(error?.kind == .permissionDenied && error?.isConnectionLost == false)
            let stranger = await connectFailure(port, "user=postgres dbname=pgbouncer")
            #expect(stranger?.kind == .permissionDenied, "\(stranger as Any)")
        }
    }

    @Test("PgBouncer's refusals are told apart")
    func refusals() async throws {
        try await server.withBouncer(settings: ["max_client_conn": "1"]) { port in
            #expect(await connectFailure(port, "user=admin dbname=nowhere")?.kind == .authenticationFailed)
            #expect(await connectFailure(port, "user=nobody dbname=app")?.kind == .authenticationFailed)
            let pooled = try await connect(port, "user=postgres dbname=app")
            #expect(try await pooled.query("select 1", timeout: .seconds(5)).rowCount == 1)
            let full = await connectFailure(port, "user=postgres dbname=app")
            #expect(full?.kind == .tooManyConnections)
            #expect(full?.message.contains("no more connections allowed (max_client_conn)") == true)
        }
    }

    private func connect(_ port: UInt16, _ more: String) async throws -> sending PostgresSession {
        let target = try ConnectionString(parsing: "host=127.0.0.1 port=\(port) \(more)")
        return try await PostgresSession.connect(target, timeout: .seconds(10))
    }

    private func connectFailure(_ port: UInt16, _ more: String) async -> PostgresError? {
        await failure {
            let target = try ConnectionString(parsing: "host=127.0.0.1 port=\(port) \(more)")
            _ = try await PostgresSession.connect(target, timeout: .seconds(10))
        }
    }
}
