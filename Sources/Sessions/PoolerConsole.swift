import Collectors
import Observations
import Postgres

/// A PgBouncer's admin console, which knows the clients behind the sessions of a server, and can let them wait.
///
/// Not Sendable: it belongs to the task that opened it.
package final class PoolerConsole {
    private static let timeout: Duration = .seconds(5)

    /// How long `pause` waits for transactions to end before it lets the pooler wait alone.
    private static let pauseTimeout: Duration = .seconds(2)

    /// The pooler's name among the targets.
    package let name: String
    /// The role as which we are there; empty where the environment says it.
    package var role: String { connection["user"] ?? "" }

    private let connection: ConnectionString
    private let session: PostgresSession

    private init(_ session: PostgresSession, name: String, connection: ConnectionString) {
        self.session = session
        self.name = name
        self.connection = connection
    }

    package static func connect(
        _ connection: ConnectionString, name: String
    ) async throws(SessionsError) -> PoolerConsole {
        do {
            let session = try await PostgresSession.connect(connection, timeout: timeout)
            guard session.parameter("server_version")?.hasSuffix("/bouncer") == true else {
                throw SessionsError(
                    "\(connection): this is not PgBouncer's admin console: give dbname=pgbouncer, and a role of "
                        + "stats_users or admin_users")
            }
            return PoolerConsole(session, name: name, connection: connection)
        } catch let error as SessionsError {
            throw error
        } catch {
            throw SessionsError("\(connection): \(error)")
        }
    }

    /// Which of its clients holds which session of a server now.
    package func links() async throws(SessionsError) -> PoolerLinks {
        let profile = TargetProfile(name: "pooler", kind: .pgbouncer)
        let context = SourceContext(serverVersion: 0)
        var facts = Facts()
        facts.beginTick()
        try await read(BouncerServersSource.self, into: &facts, context, profile)
        try await read(BouncerClientsSource.self, into: &facts, context, profile)
        return PoolerLinks(facts)
    }

    /// Its databases that lead to one of this name on a server.
    package func databases(leadingTo database: String) async throws(SessionsError) -> [PooledDatabase] {
        let profile = TargetProfile(name: name, kind: .pgbouncer)
        let context = SourceContext(serverVersion: 0)
        var facts = Facts()
        facts.beginTick()
        try await read(BouncerDatabasesSource.self, into: &facts, context, profile)
        try await read(BouncerPoolsSource.self, into: &facts, context, profile)
        return PooledDatabase.all(
            of: name, leadingTo: database, databases: facts[BouncerDatabasesSource.self] ?? [],
            pools: facts[BouncerPoolsSource.self] ?? [])
    }

    /// Lets the clients of a database wait from their next transaction on, until `resume`.
    ///
    /// The console answers only when the last transaction has ended. It is asked over a session of its own, which is
    /// left when that takes long: the pooler goes on pausing.
    package func pause(_ database: PooledDatabase) async throws(SessionsError) {
        let other: PostgresSession
        do {
            other = try await PostgresSession.connect(connection, timeout: Self.timeout)
        } catch {
            throw SessionsError("pooler \(name): \(error)")
        }
        defer { other.close() }
        do {
            _ = try await other.simpleQuery("PAUSE \(database.quotedName)", timeout: Self.pauseTimeout)
        } catch  where error.kind == .timeout {
            let now = try await databases(leadingTo: database.target).first { $0.name == database.name }
            guard now?.isPaused == true else {
                throw SessionsError("pooler \(name): PAUSE \(database.quotedName) was not answered")
            }
        } catch {
            throw refusal(error, of: "PAUSE \(database.quotedName)")
        }
    }

    /// Lets the clients of a paused database go on.
    package func resume(_ database: PooledDatabase) async throws(SessionsError) {
        do {
            _ = try await session.simpleQuery("RESUME \(database.quotedName)", timeout: Self.timeout)
        } catch {
            throw refusal(error, of: "RESUME \(database.quotedName)")
        }
    }

    private func refusal(_ error: PostgresError, of command: String) -> SessionsError {
        SessionsError("pooler \(name): \(command): \(error.message) (it takes a role of admin_users)")
    }

    private func read<S: Source>(
        _ source: S.Type, into facts: inout Facts, _ context: SourceContext, _ profile: TargetProfile
    ) async throws(SessionsError) {
        guard let statement = S.statement(in: context) else { return }
        do {
            let table = try await session.simpleQuery(statement, timeout: Self.timeout)
            try facts.store(table, from: source, for: profile)
        } catch {
            throw SessionsError("\(statement): \(error)")
        }
    }
}

extension PoolerLinks {
    /// Those that a later look has found again: the client held the session all the while, as far as can be told.
    package func confirmed(by later: PoolerLinks) -> PoolerLinks {
        let found = Dictionary(grouping: later.all, by: \.backendPID)
        return PoolerLinks(all.filter { found[$0.backendPID]?.contains($0) == true })
    }
}
