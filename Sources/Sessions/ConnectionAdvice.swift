import Postgres

/// Why there is no connection, and what to do. Pure.
package enum ConnectionAdvice {
    /// - Parameter connection: what was tried; empty where all of it came from the environment.
    package static func sentence(on error: PostgresError, connecting connection: ConnectionString) -> String {
        let parts = ["\(connection)", error.message, advice(on: error)].compactMap(\.self)
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private static func advice(on error: PostgresError) -> String? {
        switch error.kind {
        case .tooManyConnections: advice(on: error.fullLimit)
        case .authenticationFailed where error.sqlState == .noSuchDatabase:
            "name a database that exists (dbname=), for example postgres"
        case .startingUp: "the server takes no session yet; try again when it is up"
        case .authenticationFailed, .invalidConnectionString, .refused, .timeout, .tlsFailed, .permissionDenied,
            .disconnected, .statementFailed, .cancelled:
            nil
        }
    }

    private static func advice(on limit: PostgresError.FullLimit?) -> String {
        switch limit {
        case .role(let name):
            "this role's own limit is full; connect as another role, or raise it: ALTER ROLE "
                + "\(SQLName.quoted(name ?? "…")) CONNECTION LIMIT …"
        case .database(let name):
            "this database's own limit is full; give another one, such as dbname=postgres, or connect as a superuser"
                + (name.map { ", whom the limit of \($0) does not bind" } ?? "")
        case .clientSlots, .userClients, .databaseClients:
            "this is a pooler's limit; give the address of the PostgreSQL server itself"
        case .server, nil:
            "every slot for ordinary roles is taken. superuser_reserved_connections (3 by default) are kept for "
                + "superusers, and from PostgreSQL 16 on reserved_connections for members of "
                + "pg_use_reserved_connections: connect as one of these. A running poolscope serve keeps its session, "
                + "and its /metrics say who holds the slots"
        }
    }
}

/// What to grant to whom. Pure.
package enum PrivilegeAdvice {
    /// - Parameter role: ours.
    package static func sentence(toEnd row: SessionRow, as role: String) -> String {
        if row.isSuperuser { return "only a superuser may end a superuser's session; connect as one" }
        let member = row.activity.user.map { ", or GRANT \(SQLName.quoted($0)) TO \(SQLName.quoted(role))" } ?? ""
        return "GRANT pg_signal_backend TO \(SQLName.quoted(role))\(member)"
    }
}

/// Names in statements.
package enum SQLName {
    /// Quoted where it must be.
    package static func quoted(_ name: String) -> String {
        let isPlain =
            name.first?.isNumber == false
            && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".utf8.contains($0) }
        return isPlain ? name : always(name)
    }

    /// In double quotes in any case: a plain name may be a key word.
    static func always(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
