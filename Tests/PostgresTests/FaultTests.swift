import Glibc
import TestSupport
import Testing

@testable import Postgres

@Suite("a server in trouble")
struct FaultTests {
    @Test("when every slot is taken the error says so, and a slot that is freed can be taken")
    func full() async throws {
        let settings = ["max_connections": "5", "superuser_reserved_connections": "2"]
        try await withPrivatePostgres(settings: settings) { server in
            let keeper = try await server.connect()
            _ = try await keeper.simpleQuery(
                "create role app login; create role one login connection limit 1", timeout: .seconds(60))
            let one = try await server.connect("user=one dbname=postgres")
            let role = await failure {
                let target = try ConnectionString(
                    parsing: "host=127.0.0.1 port=\(server.port) user=one dbname=postgres")
                _ = try await PostgresSession.connect(target, timeout: .seconds(60))
            }
            #expect(role?.kind == .tooManyConnections)
            #expect(role?.message.hasSuffix("FATAL: too many connections for role \"one\"") == true)
            // The backend that refused keeps its slot until it has ended.
            let app = try await eventually("a slot is free") {
                try await server.connect("user=app dbname=postgres")
            } is: { _ in
                true
            }
            let target = try server.target("user=app dbname=postgres")
            let error = await failure { _ = try await PostgresSession.connect(target, timeout: .seconds(60)) }
            #expect(error?.kind == .tooManyConnections && error?.sqlState == .tooManyConnections)
            #expect(error?.message.contains("remaining connection slots are reserved") == true)
            #expect(try await app.query("select 1", timeout: .seconds(60)).rowCount == 1)
            one.close()
            try await eventually("the freed slot is taken") {
                (try? await PostgresSession.connect(target, timeout: .seconds(60))) != nil
            }
        }
    }

    @Test("a stopped server: statements and attempts end at their deadline, and the session survives")
    func stopped() async throws {
        try await withPrivatePostgres { server in
            let session = try await server.connect()
            try await server.suspend()
            let start = ContinuousClock.now
            let statement = await failure { _ = try await session.query("select 1", timeout: .milliseconds(300)) }
            let target = try server.target()
            let attempt = await failure { _ = try await PostgresSession.connect(target, timeout: .milliseconds(300)) }
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(statement?.kind == .timeout && session.hasPendingAnswer)
            #expect(attempt?.kind == .timeout)
            await server.resume()
            try await session.finishPending(timeout: .seconds(10))
            #expect(try await session.query("select 1", timeout: .seconds(60)).rowCount == 1)
        }
    }

    @Test("a server killed during a statement is a lost session at once, and refuses the next")
    func killed() async throws {
        try await withPrivatePostgres { server in
            let session = try await server.connect()
            _ = await failure { _ = try await session.query("select pg_sleep(30)", timeout: .milliseconds(50)) }
            try await server.kill()
            let error = await failure { try await session.finishPending(timeout: .seconds(10)) }
            #expect(error?.kind == .disconnected && error?.isConnectionLost == true)
            let target = try server.target()
            try await eventually("the server refuses") {
                await failure { _ = try await PostgresSession.connect(target, timeout: .seconds(60)) }?.kind == .refused
            }
        }
    }

    @Test("a backend killed in the middle of a statement ends it with an error before the deadline")
    func crashed() async throws {
        try await withPrivatePostgres { server in
            let (session, watcher) = (try await server.connect(), try await server.connect())
            let pid = session.backendPID
            async let killing: Void = {
                try await eventually("the statement runs") {
                    try await watcher.query(
                        "select 1 from pg_stat_activity where query like '%pg_sleep(3%' and pid = $1::int",
                        parameters: ["\(pid)"], timeout: .seconds(60)
                    ).rowCount == 1
                }
                kill(pid, SIGKILL)
            }()
            let error = await failure { _ = try await session.query("select pg_sleep(30)", timeout: .seconds(60)) }
            try await killing
            #expect(error?.kind == .disconnected)
            #expect(error?.message.hasPrefix("server closed the connection unexpectedly") == true)
        }
    }
}
