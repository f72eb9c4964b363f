import ConnectionPool
import Demo
import Postgres
import PostgresPool
import TestSupport
import Testing

@Suite("a pool over TLS", .timeLimit(.minutes(10)))
struct TLSTests {
    @Test("SCRAM with channel binding and a verified certificate; cancelling works too")
    func scram() async throws {
        try await withPrivateDirectory { directory in
            let certificate = try await selfSigned(in: directory)
            let server = try await PrivatePostgres.start(
                in: directory,
                settings: [
                    "ssl": "on", "ssl_cert_file": certificate.file, "ssl_key_file": certificate.key,
                    "password_encryption": "scram-sha-256",
                ], authentication: .scram)
            _ = try await server.execute("CREATE ROLE app LOGIN PASSWORD 'op en:sésame'")
            let text = """
                host=localhost hostaddr=127.0.0.1 port=\(server.port) dbname=postgres user=app \
                sslmode=verify-full sslrootcert=\(directory.path)/root.crt channel_binding=require
                """
            let target = try ConnectionString(parsing: text + " password='op en:sésame'")
            try await withPool(target) { pool in
                try await pool.withConnection { connection in
                    let session = try await connection.query(
                        "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                    #expect(session.text(row: 0, column: "ssl") == "t")
                    let error = await failure(PostgresError.self) {
                        try await connection.query("SELECT pg_sleep(60)", timeout: .milliseconds(200))
                    }
                    #expect(error?.kind == .timeout && error?.isConnectionLost == false)
                    #expect(connection.condition == .usable)
                    #expect(try await connection.value("SELECT 1") == "1")
                }
            }
            let wrong = try ConnectionString(parsing: text + " password=hunter2")
            try await withPool(wrong) { pool in
                do {
                    _ = try await pool.withConnection { _ in Issue.record("a wrong password was taken") }
                } catch {
                    let cause = (error as? PoolError)?.underlying ?? error
                    #expect((cause as? PostgresError)?.kind == .authenticationFailed)
                    #expect(!"\(error) \(cause)".contains("hunter2"))
                }
            }
            let stranger = try ConnectionString(parsing: text.replacing("host=localhost", with: "host=example.org"))
            try await withPool(stranger) { pool in
                do {
                    _ = try await pool.withConnection { _ in Issue.record("a wrong name was taken") }
                } catch {
                    let cause = (error as? PoolError)?.underlying ?? error
                    #expect((cause as? PostgresError)?.kind == .tlsFailed)
                }
            }
        }
    }

    /// A certificate for localhost, signed by itself, with files that the server may read; `root.crt` is for clients.
    private func selfSigned(in directory: PrivateDirectory) async throws -> (file: String, key: String) {
        let made = try await runTool(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "-", "-out", "-",
            ])
        #expect(made.status == 0)
        let parts = made.output.split(separator: "-----BEGIN CERTIFICATE-----")
        let (key, certificate) = (String(parts[0]), "-----BEGIN CERTIFICATE-----" + parts[1])
        _ = try directory.write(certificate, to: "root.crt")
        return (try directory.write(certificate, to: "server.crt"), try directory.write(key, to: "server.key"))
    }
}
