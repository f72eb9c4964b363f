/// What one target is.
package enum TargetKind: String, Sendable, CaseIterable {
    case postgres, pgbouncer
}

/// The state of a target: exactly one at any time.
package enum TargetState: String, Sendable, CaseIterable {
    /// The last sample succeeded.
    case up
    /// Not tried yet, or an attempt is under way after none has failed.
    case connecting
    /// Nothing listens there, or the host is unknown or unreachable.
    case refused
    /// No answer in time.
    case timeout
    /// Wrong password, role or database, or no rule in pg_hba.conf.
    case authFailed = "auth_failed"
    case tlsFailed = "tls_failed"
    /// SQLSTATE 53300, or PgBouncer's max_client_conn: every slot is taken.
    case tooManyConnections = "too_many_connections"
    /// SQLSTATE 57P03: the server starts, stops or recovers.
    case startingUp = "starting_up"
    /// Connected, but not allowed to read.
    case permissionDenied = "permission_denied"
    /// The session was lost, or what answers is not what the configuration says.
    case disconnected
}
