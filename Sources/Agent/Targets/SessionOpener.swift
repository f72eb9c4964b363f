import Observations
import Postgres

/// An open session that has been found to be what the configuration says.
struct OpenedSession {
    let session: PostgresSession
    let version: String
    /// Something to tell the user that does not keep the target from being sampled.
    let warning: String?
}

/// Opens a session with a target and makes it safe: time-outs, read-only, the right kind of server.
struct SessionOpener {
    /// How long an attempt to connect may take, if the connection string says nothing shorter.
    static let connectTimeout: Duration = .seconds(5)
    /// The server ends a statement of ours after this time; the agent itself stops waiting much earlier.
    private static let statementTimeout: Duration = .seconds(5)
    private static let lockTimeout: Duration = .milliseconds(500)

    let target: TargetConfiguration

    func open() async throws(TargetProblem) -> OpenedSession {
        var connection = try withPassword()
        // Names as the server stores them, unconverted: in shared catalogues they have whatever encoding their creator
        // had, and one that cannot be converted would make every sample fail. What is not UTF-8 is repaired here.
        if target.kind == .postgres { connection = connection.setting("client_encoding", "SQL_ASCII") }
        do {
            let session = try await PostgresSession.connect(connection, timeout: Self.connectTimeout)
            return try await prepare(session)
        } catch let problem as TargetProblem {
            throw problem
        } catch let error as PostgresError {
            throw TargetProblem(
                state: TargetState(error), sentence: error.message + hint(on: error),
                refusal: Refusal(error, connection: connection))
        } catch {
            throw TargetProblem(state: .disconnected, sentence: "\(error)")
        }
    }

    /// What a missing database most likely means where PgBouncer's own is asked for.
    private func hint(on error: PostgresError) -> String {
        guard target.kind == .pgbouncer, error.sqlState == .noSuchDatabase else { return "" }
        return " (PgBouncer's admin console has the database pgbouncer; this seems to be a PostgreSQL server: "
            + "for one, use kind postgres or --postgres)"
    }

    private func withPassword() throws(TargetProblem) -> ConnectionString {
        do {
            return try target.connectionWithPassword()
        } catch {
            throw TargetProblem(state: .authFailed, sentence: error.description)
        }
    }

    private func prepare(_ session: PostgresSession) async throws -> OpenedSession {
        // “15.18 (Debian 15.18-0+deb12u1)” is 15.18.
        let version = String(session.parameter("server_version")?.prefix { $0 != " " } ?? "")
        let isBouncer = version.hasSuffix("/bouncer")
        switch target.kind {
        case .pgbouncer:
            guard isBouncer else { throw Self.notPgBouncer(version: version) }
            return OpenedSession(
                session: session, version: String(version.dropLast("/bouncer".count)), warning: nil)
        case .postgres:
            guard !isBouncer else { throw Self.notPostgres(version: version) }
            let isPooled = try await isBehindPooler(session)
            if !isPooled {
                try await makeSafe(session)
                session.keepsPlans = true
            }
            return OpenedSession(
                session: session, version: version, warning: isPooled ? Self.pooledWarning : nil)
        }
    }

    private static func notPgBouncer(version: String) -> TargetProblem {
        TargetProblem(
            state: .disconnected,
            sentence:
                "this is a PostgreSQL server (version \(version)) or a database behind PgBouncer, not PgBouncer's "
                + "admin console: use kind postgres (--postgres) for a server, dbname=pgbouncer for the console")
    }

    private static func notPostgres(version: String) -> TargetProblem {
        TargetProblem(
            state: .disconnected,
            sentence: "this is PgBouncer's admin console (version \(version)), not a PostgreSQL server: use kind "
                + "pgbouncer (--pgbouncer) for it, or the server's own host and port")
    }

    private static let pooledWarning =
        "this DSN reaches PostgreSQL through a pooler: its sessions are shared, so time-outs are left unset, and a pool "
        + "that is full blinds Poolscope, too; point --postgres at the server itself"

    /// Behind a pooler the process that answers is not the one that the log-in named.
    private func isBehindPooler(_ session: PostgresSession) async throws(PostgresError) -> Bool {
        let answer = try await session.simpleQuery("SELECT pg_backend_pid() AS pid", timeout: Self.connectTimeout)
        return answer.text(row: 0, column: "pid") != String(session.backendPID)
    }

    private func makeSafe(_ session: PostgresSession) async throws(PostgresError) {
        let milliseconds = { (duration: Duration) in Int(duration / .milliseconds(1)) }
        _ = try await session.simpleQuery(
            """
            SET statement_timeout = \(milliseconds(Self.statementTimeout)); \
            SET lock_timeout = \(milliseconds(Self.lockTimeout)); \
            SET default_transaction_read_only = on
            """, timeout: Self.connectTimeout)
        // A server that has not even so much memory left is one to be watched all the more.
        _ = try? await session.simpleQuery(ServerMemory.keeping, timeout: Self.connectTimeout)
    }
}
