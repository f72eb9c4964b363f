import Postgres

/// A session of the superuser, apart from the pool, which is made anew when the server was away.
struct Superuser: ~Copyable {
    private let server: ConnectionString
    private var session: PostgresSession?

    init(_ server: ConnectionString) {
        self.server = server
    }

    /// Nil when the server does not answer now.
    mutating func rows(_ sql: String, _ parameters: [String?] = []) async -> QueryResult? {
        do {
            let session =
                if let open = session { open } else { try await PostgresSession.connect(server, timeout: .seconds(1)) }
            self.session = session
            return try await session.query(sql, parameters: parameters, timeout: .seconds(1), format: .text)
        } catch {
            session?.close()
            session = nil
            return nil
        }
    }
}
