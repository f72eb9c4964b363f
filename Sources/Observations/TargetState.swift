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

/// What a collector may know of its target's configuration.
package struct TargetProfile: Sendable, Equatable {
    package let name: String
    package let kind: TargetKind
    package let cluster: String?
    package let cores: Int?
    package let spindles: Int?

    package init(name: String, kind: TargetKind, cluster: String? = nil, cores: Int? = nil, spindles: Int? = nil) {
        self.name = name
        self.kind = kind
        self.cluster = cluster
        self.cores = cores
        self.spindles = spindles
    }
}
