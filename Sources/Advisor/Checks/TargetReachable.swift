import Observations

/// Whether the target answers.
enum TargetReachable: Check {
    static let id = "target-reachable"
    static let group = CheckGroup.reachability
    static let title = "The target answers"
    static let severity = CheckSeverity.critical
    static let subjects = TargetKind.allCases
    static let needs: [Fact] = []
    static let explanation = """
        A target that cannot be read is a finding of its own; nothing else is judged of it, and the other targets are \
        checked all the same. A server or pooler without a free connection for us has none for its clients either.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let target = facts.target
        guard target.state != .up else { return .passed("\(target.kind.title) answers") }
        let evidence = [Evidence("state", text: target.state.rawValue)]
        let message = "\(target.name) cannot be read: \(target.problem ?? target.state.rawValue)"
        return .found([Finding(severity, message, evidence: evidence, remedy: remedy(for: target))])
    }

    private static func remedy(for target: CheckedTarget) -> Remedy {
        switch target.state {
        case .refused: Remedy("Look whether it runs, and whether host and port are right.")
        case .timeout: Remedy("Look whether it is overloaded or stopped, and whether a firewall drops packets.")
        case .authFailed: authenticationRemedy(target.kind)
        case .tlsFailed: Remedy("Look at sslmode and sslrootcert in the connection string, and at its certificate.")
        case .tooManyConnections: fullRemedy(target)
        case .startingUp: Remedy("It starts, stops or recovers: wait, and look at its log if that lasts.")
        case .permissionDenied: Remedy("Let our role read.").adding(.sql, "GRANT pg_monitor TO poolscope;")
        case .up, .connecting, .disconnected: Remedy("Look at its log, and at what the connection string names.")
        }
    }

    private static func authenticationRemedy(_ kind: TargetKind) -> Remedy {
        switch kind {
        case .postgres:
            Remedy("Look at the role, its password and pg_hba.conf.")
                .adding(.sql, "CREATE ROLE poolscope LOGIN CONNECTION LIMIT 3;", "GRANT pg_monitor TO poolscope;")
        case .pgbouncer:
            Remedy("The console takes users of stats_users or admin_users that auth_file or auth_query knows.")
                .adding(.ini, "stats_users = poolscope")
        }
    }

    private static func fullRemedy(_ target: CheckedTarget) -> Remedy {
        switch target.refusal {
        case .role(let name):
            Remedy("The role's own limit is full: Poolscope needs up to two sessions of it.")
                .adding(.sql, "ALTER ROLE \(SQLName.identifier(name)) CONNECTION LIMIT 3;")
        case .database(let name):
            Remedy("The database's own limit is full: end sessions, or raise it.")
                .adding(.sql, "ALTER DATABASE \(SQLName.identifier(name)) CONNECTION LIMIT -1;")
        case .clientSlots, .userClients, .databaseClients:
            Remedy("PgBouncer takes no more clients: find who holds them, or raise its limit (and its limit on files).")
                .adding(.ini, "max_client_conn = 1000")
        case .server, nil:
            Remedy(
                "Every slot is taken. End sessions that do nothing (poolscope terminate), and pool connections; from "
                    + "PostgreSQL 16 on, keep slots for monitoring."
            ).adding(.sql, "GRANT pg_use_reserved_connections TO poolscope;").adding(.conf, "reserved_connections = 3")
        }
    }
}
