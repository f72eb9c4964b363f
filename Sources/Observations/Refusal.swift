/// Which limit was full when a target had no connection for us.
///
/// Only for a target whose state is `tooManyConnections`. One full limit says nothing of the others: a role without
/// room does not make its server full.
package enum Refusal: Sendable, Equatable {
    /// The server has no slot left that our role may use.
    case server
    /// Our role's own connection limit.
    case role(String)
    /// Our database's own connection limit.
    case database(String)
    /// PgBouncer's `max_client_conn`.
    case clientSlots
    /// PgBouncer's client limit of the user (1.24+).
    case userClients(String)
    /// PgBouncer's client limit of the database (1.24+).
    case databaseClients(String)
}
