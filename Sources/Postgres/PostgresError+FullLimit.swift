extension PostgresError {
    /// Which limit was full, as a server or pooler tells when it has no connection left.
    package enum FullLimit: Sendable, Equatable {
        case server
        /// The name is nil where it could not be read from the message.
        case role(String?)
        case database(String?)
        /// PgBouncer's `max_client_conn`.
        case clientSlots
        /// PgBouncer's `max_user_client_connections` and `max_db_client_connections` (1.24+), which give no name.
        case userClients
        case databaseClients
    }

    /// The limit behind a refusal of kind `tooManyConnections`.
    ///
    /// - Parameters:
    ///   - words: The message, one line, in the server's language.
    ///   - routine: The function in the server that reports it; it is the same in every language. Poolers give none.
    static func fullLimit(saying words: String, routine: String?) -> FullLimit {
        let bare = words.replacing(/"[^"]*"/, with: "")
        if bare.contains("max_client_conn)") || bare.contains("Max client connections") { return .clientSlots }
        if bare.contains("max_user_client_connections") { return .userClients }
        if bare.contains("max_db_client_connections") { return .databaseClients }
        let name = words.matches(of: /"([^"]*)"/).last.map { String($0.1) }
        switch routine {
        case "InitializeSessionUserId": return .role(name)
        case "CheckMyDatabase": return .database(name)
        default: break
        }
        if bare.contains("too many connections for role") { return .role(name) }
        if bare.contains("too many connections for database") { return .database(name) }
        return .server
    }

    /// The routine in a line such as `LOCATION:  CheckMyDatabase, postinit.c:391`.
    static func routine(inLine line: String) -> String? {
        line.firstMatch(of: /^LOCATION: +(\w+),/).map { String($0.1) }
    }
}
