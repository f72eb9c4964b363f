import Observations
import Postgres

/// A server whose sessions are listed and ended, over one session of our own.
///
/// Not Sendable: it belongs to the task that opened it.
package final class SessionsServer {
    private static let connectTimeout: Duration = .seconds(10)
    /// The server ends a statement of ours after this time.
    private static let statementTimeout: Duration = .seconds(10)
    /// We wait a little longer, so that the server's own word comes first.
    private static let answerTimeout: Duration = .seconds(12)

    /// The role as which we act.
    package let role: String
    /// Whether the connection reaches the server through a pooler, whose sessions are shared.
    package let isBehindPooler: Bool
    /// Whether the session is lost, and nothing more can be done.
    package private(set) var isLost = false
    /// 150018 is 15.18.
    package var serverVersion: Int { session.serverVersion }

    private let session: PostgresSession

    private init(session: PostgresSession, role: String, isBehindPooler: Bool) {
        self.session = session
        self.role = role
        self.isBehindPooler = isBehindPooler
    }

    package static func connect(_ connection: ConnectionString) async throws(SessionsError) -> SessionsServer {
        do {
            // Names as the server stores them: in shared catalogues they have whatever encoding their creator had.
            let session = try await PostgresSession.connect(
                connection.setting("client_encoding", "SQL_ASCII"), timeout: connectTimeout)
            guard session.parameter("server_version")?.hasSuffix("/bouncer") != true else {
                throw SessionsError(
                    "\(connection): this is PgBouncer's admin console, not a PostgreSQL server: give it with "
                        + "--pgbouncer, and the server itself with --postgres")
            }
            guard session.serverVersion >= 120_000 else {
                throw SessionsError("\(connection): PostgreSQL 12 or newer is needed")
            }
            let answer = try await session.simpleQuery(
                "SELECT session_user AS role, pg_backend_pid() AS pid", timeout: answerTimeout)
            let isBehindPooler = answer.text(row: 0, column: "pid") != String(session.backendPID)
            if !isBehindPooler {
                let milliseconds = Int(statementTimeout / .milliseconds(1))
                _ = try await session.simpleQuery(
                    "SET statement_timeout = \(milliseconds); SET lock_timeout = \(milliseconds / 2)",
                    timeout: answerTimeout)
            }
            return SessionsServer(
                session: session, role: answer.text(row: 0, column: "role") ?? "", isBehindPooler: isBehindPooler)
        } catch let error as SessionsError {
            throw error
        } catch let error as PostgresError {
            throw SessionsError(ConnectionAdvice.sentence(on: error, connecting: connection))
        } catch {
            throw SessionsError("\(connection): \(error)")
        }
    }

    package func list(includesQueryText: Bool = false) async throws(SessionsError) -> SessionListing {
        let table = try await query(
            SessionStatement.text(serverVersion: serverVersion, includesQueryText: includesQueryText))
        do {
            return try SessionStatement.decode(table)
        } catch {
            throw SessionsError("the list of sessions cannot be read: \(error)")
        }
    }

    /// Acts on one session, if it is still what it was when it was listed.
    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        let (outcome, isLost) = await request.perform(over: session, as: role, timeout: Self.answerTimeout)
        self.isLost = self.isLost || isLost
        return outcome
    }

    /// Which of these are still at what they were to be ended at, and what keeps them.
    package func remaining(of requests: [ActionRequest]) async throws(SessionsError) -> [RemainingSession] {
        let table = try await query(RemainingSession.statement, parameters: [RemainingSession.parameter(requests)])
        return RemainingSession.among(requests, table)
    }

    /// Runs one statement whose failure is told as a sentence.
    func query(
        _ statement: String, parameters: [String?] = []
    ) async throws(SessionsError) -> QueryResult {
        do {
            return try await statementResult(statement, parameters: parameters)
        } catch {
            throw SessionsError("\(error)")
        }
    }

    /// The same, with the server's own error.
    func statementResult(
        _ statement: String, parameters: [String?] = []
    ) async throws(PostgresError) -> QueryResult {
        do {
            return try await session.query(statement, parameters: parameters, timeout: Self.answerTimeout)
        } catch {
            isLost = isLost || error.isConnectionLost
            throw error
        }
    }

    /// Runs several statements as one transaction: all of them, or none.
    func transaction(_ statements: [String]) async throws(PostgresError) {
        do {
            // In the simple protocol, statements that are sent together are one transaction.
            _ = try await session.simpleQuery(statements.joined(separator: "; "), timeout: Self.answerTimeout)
        } catch {
            isLost = isLost || error.isConnectionLost
            throw error
        }
    }
}
