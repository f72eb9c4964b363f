import Observations
import Practice

/// Whether a session that waits for a lock gives up.
enum LockTimeout: Check {
    static let id = "lock-timeout"
    static let group = CheckGroup.checklist
    static let title = "Waits for locks have a time-out"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.timeouts, .roles, .sessions]
    static let explanation = """
        While one transaction holds a lock, all that wait for it hold connections: a queue that fills a pool in seconds. \
        lock_timeout lets them fail early; a statement_timeout of at most a minute does as well, later. The \
        effective values of every role seen in a session are looked at, superusers left out.
        """

    /// A statement time-out up to this bounds waits for locks, too.
    private static let statementSeconds = 60.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let roles = try TimeoutRoles("lock_timeout", server)
        let statements = try TimeoutRoles("statement_timeout", server)
        if !roles.gaps.isEmpty, statements.gaps.isEmpty, statements.largest <= statementSeconds {
            return .passed(
                "statement_timeout, \(CheckText.seconds(statements.largest)) at most, ends waits for locks, too")
        }
        return .found(
            roles.findings(
                "lock_timeout", severity, value: "\(PoolPractice.lockTimeout)s",
                because: "those that wait for a lock queue up, each with a connection"),
            orPassed: roles.passedLine("lock_timeout"))
    }
}
