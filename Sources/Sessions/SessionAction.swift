import Observations

/// What can be done to a session.
package enum SessionAction: String, Sendable, CaseIterable {
    /// Ends the statement that runs; the session lives on, and its transaction fails.
    case cancel
    /// Ends the session; its transaction is rolled back.
    case terminate

    fileprivate var function: String {
        switch self {
        case .cancel: "pg_cancel_backend"
        case .terminate: "pg_terminate_backend"
        }
    }
}

/// What must still be as it was when the session was chosen, for it to be acted upon. The session itself, always.
package enum ActionCondition: Sendable, Equatable {
    /// Nothing else: whatever it is at now.
    case session
    /// It was chosen for what its transaction holds.
    case transaction
    /// It was chosen for its state, or for how long it has been in it.
    case state
    /// The same statement still runs.
    case statement

    /// The condition that goes with the reasons for which a session was chosen.
    package init(_ action: SessionAction, choosing filter: SessionFilter) {
        switch action {
        case .cancel: self = .statement
        case .terminate:
            if !filter.states.isEmpty || filter.longerThan != nil {
                self = .state
            } else {
                self = filter.isBlocking ? .transaction : .session
            }
        }
    }

    fileprivate var sql: String {
        switch self {
        case .session: "true"
        case .transaction: "s.xact_start IS NOT DISTINCT FROM $3::timestamptz"
        case .state: "s.state_change IS NOT DISTINCT FROM $3::timestamptz"
        case .statement:
            "s.query_start IS NOT DISTINCT FROM $3::timestamptz AND s.state IN ('active', 'fastpath function call')"
        }
    }

    fileprivate func moment(_ row: SessionRow) -> ServerTime? {
        switch self {
        case .session: nil
        case .transaction: row.activity.transactionStart
        case .state: row.activity.stateChange
        case .statement: row.activity.queryStart
        }
    }
}

/// One action on one session: a statement that looks and acts at once, so that a process id that was given to another
/// session in the meantime is never hit, nor a statement that came after the one that was seen.
package struct ActionRequest: Sendable {
    package let action: SessionAction
    package let row: SessionRow
    package let condition: ActionCondition
    package let permissions: ActionPermissions

    package init(
        _ action: SessionAction, on row: SessionRow, if condition: ActionCondition, permissions: ActionPermissions
    ) {
        self.action = action
        self.row = row
        self.condition = condition
        self.permissions = permissions
    }

    /// With the parameters of `parameters`. The permissions are looked at by the server, too: between the list and the
    /// action a role may have become a superuser.
    package var statement: String {
        var mayAct = ["s.backend_start = $2::timestamptz", "s.pid <> pg_backend_pid()", condition.sql]
        mayAct.append(
            permissions.includesReplication
                ? "s.backend_type IN ('client backend', 'walsender')" : "s.backend_type = 'client backend'")
        if !permissions.includesSuperusers { mayAct.append("NOT coalesce(r.rolsuper, false)") }
        return """
            SELECT s.backend_start = $2::timestamptz AS is_same, s.pid = pg_backend_pid() AS is_self, \
            (\(condition.sql)) AS is_unchanged, s.backend_type, r.rolsuper, \
            CASE WHEN \(mayAct.joined(separator: " AND ")) THEN pg_catalog.\(action.function)(s.pid) END AS signalled \
            FROM pg_catalog.pg_stat_get_activity($1::int4) AS s \
            LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.usesysid
            """
    }

    /// Nil when the session's identity is hidden from us, and it cannot be acted upon.
    package var parameters: [String?]? {
        guard let identity = row.identity else { return nil }
        let names: [String?] = ["\(identity.pid)", identity.backendStart.iso8601]
        return condition == .session ? names : names + [condition.moment(row)?.iso8601]
    }

    /// What the answer of `statement` means.
    package func outcome(_ table: any ResultTable) throws(DecodeError) -> ActionOutcome {
        guard table.rowCount > 0 else { return .gone }
        let signalled = try table.required("signalled")
        if let signalled = signalled.bool(0) { return signalled ? .done : .gone }
        guard let isSame = table.column("is_same").bool(0) else { return .refused(.hidden) }
        if !isSame { return .reused }
        if table.column("is_self").bool(0) == true { return .refused(.ownSession) }
        switch table.column("backend_type").text(0) {
        case "client backend": break
        case "walsender": if !permissions.includesReplication { return .refused(.replication) }
        default: return .refused(.notClient)
        }
        if table.column("rolsuper").bool(0) == true, !permissions.includesSuperusers { return .refused(.superuser) }
        return .changed
    }
}
