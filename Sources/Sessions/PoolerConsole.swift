import Collectors
import Observations
import Postgres

/// A PgBouncer's admin console, which knows the clients behind the sessions of a server.
///
/// Not Sendable: it belongs to the task that opened it.
package final class PoolerConsole {
    private static let timeout: Duration = .seconds(5)

    private let session: PostgresSession

    private init(_ session: PostgresSession) {
        self.session = session
    }

    package static func connect(_ connection: ConnectionString) async throws(SessionsError) -> PoolerConsole {
        do {
            let session = try await PostgresSession.connect(connection, timeout: timeout)
            guard session.parameter("server_version")?.hasSuffix("/bouncer") == true else {
                throw SessionsError(
                    "\(connection): this is not PgBouncer's admin console: give dbname=pgbouncer, and a role of "
                        + "stats_users or admin_users")
            }
            return PoolerConsole(session)
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
