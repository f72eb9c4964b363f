import Observations
import Practice

/// Whether transactions are left open.
enum IdleInTransaction: Check {
    static let id = "idle-in-transaction"
    static let group = CheckGroup.checklist
    static let title = "No transaction is left open"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.sessions]
    static let explanation = """
        A session that idles in a transaction holds its locks, its server connection of a transaction pooler, and back \
        vacuum. It is a finding from 30 s on, critical from 5 min on; and when more than a quarter of at least 8 \
        sessions are idle in transaction at once, which is work between statements that belongs outside.
        """

    private static let warningSeconds = 30.0
    /// Where the alert begins.
    private static let criticalSeconds = Thresholds.IdleInTransaction.warning

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let survey = try facts.server.get().sessions.get()
        if survey.current > 0, survey.hiddenSessions == survey.current {
            throw MissingFact("our role may not see what sessions do: GRANT pg_monitor to it")
        }
        let findings = survey.groups.filter { $0.longestIdleInTransaction >= warningSeconds }
            .sorted { $0.longestIdleInTransaction > $1.longestIdleInTransaction }.prefix(10).map(finding)
        let longest = survey.groups.map(\.longestIdleInTransaction).max() ?? 0
        return .found(
            findings + [crowd(survey)].compactMap(\.self),
            orPassed: longest > 0 ? "idle in transaction for \(CheckText.seconds(longest)) at most" : "none was seen")
    }

    private static func finding(_ group: SessionGroup) -> Finding {
        let longest = group.longestIdleInTransaction
        return Finding(
            longest >= criticalSeconds ? .critical : .warning, subject: group.owner.user,
            "\(group.owner.sentence) was idle in transaction for \(CheckText.seconds(longest)).",
            evidence: [
                Evidence("longest_idle_in_transaction", longest, .seconds),
                Evidence("idle_in_transaction_sessions", group.idleInTransaction),
            ],
            remedy: Remedy(
                "End transactions on every path of the code: commit, or roll back on any error; do no work of "
                    + "another kind within them. A time-out ends those that stay."
            ).adding(
                .sql,
                "ALTER ROLE \(SQLName.identifier(group.owner.user)) SET idle_in_transaction_session_timeout = '\(PoolPractice.idleInTransactionTimeout)s';"
            ))
    }

    private static func crowd(_ survey: SessionSurvey) -> Finding? {
        let idle = survey.count(\.idleInTransaction)
        guard survey.current >= 8, idle * 4 > survey.current else { return nil }
        let share = Double(idle) / Double(survey.current)
        return Finding(
            severity, "\(CheckText.percent(share)) of the sessions are idle in transaction at once.",
            evidence: [
                Evidence("sessions", survey.current), Evidence("idle_in_transaction_sessions", idle),
                Evidence("share", share, .ratio),
            ],
            remedy: Remedy(
                "Make transactions shorter: calls to other services and rendering belong before or after them."))
    }
}
