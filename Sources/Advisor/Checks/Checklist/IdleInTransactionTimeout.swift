import Observations
import Practice

/// Whether a transaction that was left open is ended.
enum IdleInTransactionTimeout: Check {
    static let id = "idle-in-transaction-timeout"
    static let group = CheckGroup.checklist
    static let title = "Transactions that idle have a time-out"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.timeouts, .roles, .sessions]
    static let explanation = """
        idle_in_transaction_session_timeout ends a session whose transaction its client has forgotten, with its locks. \
        From PostgreSQL 17 on a transaction_timeout does as well. The effective value of every role seen in a session is \
        looked at, superusers left out; PgBouncer's idle_transaction_timeout covers those behind it and is not seen here.
        """

    private static let setting = "idle_in_transaction_session_timeout"

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let roles = try TimeoutRoles(setting, server)
        let bounded = try Self.rolesWithTransactionTimeout(server)
        let findings = roles.findings(
            setting, severity, value: "\(PoolPractice.idleInTransactionTimeout)s",
            because: "a transaction that is left open keeps its locks and its connection"
        ).filter { !bounded.contains($0.subject) }
        return .found(findings, orPassed: roles.passedLine(setting))
    }

    /// Roles of which every transaction ends by itself.
    private static func rolesWithTransactionTimeout(_ server: ServerFacts) throws(MissingFact) -> Set<String> {
        guard try server.timeouts.get().server["transaction_timeout"] != nil else { return [] }
        let open = Set(try TimeoutRoles("transaction_timeout", server).gaps.map(\.role))
        return Set(try server.sessions.get().groups.map(\.owner.user)).subtracting(open)
    }
}
