import Observations
import Practice

/// Whether a statement that does not end is ended.
enum StatementTimeout: Check {
    static let id = "statement-timeout"
    static let group = CheckGroup.checklist
    static let title = "Statements have a time-out"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.timeouts, .roles, .sessions]
    static let explanation = """
        Without statement_timeout one bad plan holds a connection for hours after its client has given up, and a few of \
        them are a full pool. The effective value of every role seen in a session is looked at (ALTER ROLE … IN DATABASE, \
        ALTER ROLE, ALTER DATABASE, the server's); what a session sets for itself is not seen. Superusers are left out.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let roles = try TimeoutRoles("statement_timeout", try facts.server.get())
        return .found(
            roles.findings(
                "statement_timeout", severity, value: "\(PoolPractice.statementTimeout)s",
                because: "a statement that does not end holds its connection until somebody ends it"),
            orPassed: roles.passedLine("statement_timeout"))
    }
}
