import Demo
import Glibc
import TestSupport
import Testing

@testable import Postgres

@Suite(
    "connecting to a live server",
    .privatePostgres(hba: [
        "host all locked 127.0.0.1/32 scram-sha-256", "hostssl all tls 127.0.0.1/32 trust",
        "host all tls 127.0.0.1/32 reject",
    ]))
struct ConnectingTests {
    private let server = PrivatePostgres.current!

    @Test("a password is right, wrong or missing; a wrong one is in no message")
    func passwords() async throws {
        let session = try await server.connect()
        _ = try await session.simpleQuery("create role locked login password 'op en:sésame'", timeout: .seconds(5))
        let right = try await server.connect("user=locked dbname=postgres password='op en:sésame'")
        #expect(try await right.query("select 1", timeout: .seconds(5)).rowCount == 1)
        let wrong = await connectFailure("user=locked dbname=postgres password=locked")
        #expect(wrong?.kind == .authenticationFailed && wrong?.sqlState == .invalidPassword)
        #expect(wrong?.message.hasSuffix("password authentication failed for user \"…\"") == true)
        let missing = await connectFailure("user=locked dbname=postgres passfile=/dev/null")
        #expect(missing?.kind == .authenticationFailed && missing?.sqlState == nil)
    }

    @Test("a wrong database or user is a failed log-in, with the server's words and SQLSTATE")
    func login() async throws {
        let database = await connectFailure("user=postgres dbname=nowhere")
        #expect(database?.kind == .authenticationFailed && database?.sqlState == .noSuchDatabase)
        #expect(database?.message.hasSuffix("failed: FATAL: database \"nowhere\" does not exist") == true)
        let user = await connectFailure("user=nobody dbname=postgres")
        #expect(user?.kind == .authenticationFailed && user?.sqlState == .invalidAuthorization)
    }

    @Test("TLS where there is none fails, and so does a log-in that needs it")
    func tls() async throws {
        #expect(await connectFailure("user=postgres dbname=postgres sslmode=require")?.kind == .tlsFailed)
        let certificate = await connectFailure("user=postgres sslmode=verify-full sslrootcert=/nonexistent/certificate")
        #expect(certificate?.kind == .tlsFailed)
        #expect(await connectFailure("user=tls dbname=postgres")?.sqlState == .invalidAuthorization)
    }

    @Test("nobody there: a closed port, a missing socket, an unknown host")
    func refused() async throws {
        let port = try FreePort.find()
        for text in [
            "host=127.0.0.1 port=\(port)", "host=\(server.socketDirectory) port=\(port)", "host=/nonexistent",
            "host=name.invalid connect_timeout=5",
        ] {
            let target = try ConnectionString(parsing: text + " user=postgres")
            let error = await failure { _ = try await PostgresSession.connect(target, timeout: .seconds(10)) }
            #expect(
                error?.kind == .refused || (text.contains("invalid") && error?.kind == .timeout),
                "\(text): \(error as Any)")
        }
    }

    @Test("the socket works, and of several hosts the first that answers is taken")
    func places() async throws {
        let port = try FreePort.find()
        for text in [
            "host=\(server.socketDirectory) port=\(server.port)",
            "host=127.0.0.1,/nonexistent,127.0.0.1 port=\(port),\(port),\(server.port)",
            "postgresql://127.0.0.1:\(port),127.0.0.1:\(server.port)/postgres",
        ] {
            let target = try ConnectionString(parsing: text).setting("user", "postgres").setting("dbname", "postgres")
            let session = try await PostgresSession.connect(target, timeout: .seconds(10))
            #expect(session.serverVersion >= 100_000)
        }
    }

    @Test("a value that libpq rejects is an error of the connection string")
    func rejected() async throws {
        #expect(await connectFailure("user=postgres sslmode=maybe")?.kind == .invalidConnectionString)
        let target = try server.target().setting("no_such_keyword", "x")
        let error = await failure { _ = try await PostgresSession.connect(target, timeout: .seconds(5)) }
        #expect(error?.kind == .invalidConnectionString)
    }

    @Test("a listener that never answers: timeout within bounds, by the caller's or the string's limit")
    func silence() async throws {
        let listener = try SilentListener()
        for (more, timeout, words) in [
            ("", Duration.milliseconds(200), "0.2 seconds"), (" connect_timeout=1", .seconds(60), "1.0 seconds"),
        ] {
            let start = ContinuousClock.now
            let target = try ConnectionString(
                parsing: "host=127.0.0.1 port=\(listener.port) user=u password=p4ss" + more)
            let error = await failure { _ = try await PostgresSession.connect(target, timeout: timeout) }
            #expect(error?.kind == .timeout)
            #expect(
                error?.message
                    == "connecting to host=127.0.0.1 port=\(listener.port) user=u: no answer within \(words)")
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test("cancelling the task ends an attempt promptly, and its socket is closed")
    func cancelling() async throws {
        let listener = try SilentListener()
        let target = try ConnectionString(parsing: "host=127.0.0.1 port=\(listener.port) user=u")
        for _ in 0..<20 {
            let task = Task { _ = try await PostgresSession.connect(target, timeout: .seconds(60)) }
            let client = try await listener.accept()
            defer { Glibc.close(client) }
            let start = ContinuousClock.now
            task.cancel()
            #expect((await task.result.failure as? PostgresError)?.kind == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(20))
            try await eventually("the socket is closed") {
                var bytes = [UInt8](repeating: 0, count: 1_024)
                let length = recv(client, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                return length == 0 || (length < 0 && errno == ECONNRESET)
            }
        }
    }

    private func connectFailure(_ more: String) async -> PostgresError? {
        await failure {
            let target = try ConnectionString(parsing: "host=127.0.0.1 port=\(server.port) \(more)")
            _ = try await PostgresSession.connect(target, timeout: .seconds(10))
        }
    }
}

/// A port on which connections are taken and nothing is ever said.
private final class SilentListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        port = try FreePort.find()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = descriptor
        let listens = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 64) == 0
            }
        }
        try #require(listens)
    }

    /// The next client; the caller closes it.
    func accept() async throws -> Int32 {
        var client: Int32 = -1
        try await eventually("a client comes") {
            client = Glibc.accept(descriptor, nil, nil)
            return client >= 0
        }
        return client
    }

    deinit { close(descriptor) }
}
