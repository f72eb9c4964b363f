import Observations

/// Whether a time-out of idle sessions cuts the connections of pools.
enum IdleSessionTimeout: Check {
    static let id = "idle-session-timeout"
    static let group = CheckGroup.checklist
    static let title = "Idle pooled connections are not cut"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.timeouts, .sessions]
    static let explanation = """
        idle_session_timeout (PostgreSQL 14+) ends idle sessions. For people's sessions that is good; a pooler's \
        connections are idle by design, and ended under its hands they become errors of whoever gets them next. It is a \
        finding where it holds for a role whose sessions are a pooler's, and is not longer than the pooler itself \
        keeps idle connections (server_idle_timeout).
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let settings = try server.timeouts.get()
        guard server.settings.value?["idle_session_timeout"] != nil || settings.server["idle_session_timeout"] != nil
        else { return .notApplicable("it came with PostgreSQL 14") }
        let timeouts = EffectiveTimeouts(settings)
        let kept = facts.poolers.values.compactMap { try? $0.setting("server_idle_timeout") }.max()
        var findings: [Finding] = []
        var seen: Set<String> = []
        for group in try server.sessions.get().groups where group.pooled > 0 && seen.insert(group.owner.user).inserted {
            let owner = group.owner
            guard
                let seconds = timeouts.seconds("idle_session_timeout", role: owner.user, database: owner.database),
                seconds > 0, kept.map({ $0 == 0 || seconds <= $0 }) ?? true
            else { continue }
            findings.append(finding(owner, seconds, kept))
        }
        return .found(
            findings, orPassed: "it holds for no pooler's connections, or is longer than the pooler keeps them")
    }

    private static func finding(_ owner: SessionOwner, _ seconds: Double, _ kept: Double?) -> Finding {
        var evidence = [Evidence("idle_session_timeout", seconds, .seconds)]
        if let kept { evidence.append(Evidence("server_idle_timeout", kept, .seconds)) }
        return Finding(
            severity, subject: owner.user,
            "idle_session_timeout ends the pooler's connections as \(CheckText.name(owner.user)) after "
                + "\(CheckText.seconds(seconds)), before the pooler would.",
            evidence: evidence,
            remedy: Remedy("Take it off the role that the pooler uses; let PgBouncer's server_idle_timeout close them.")
                .adding(.sql, "ALTER ROLE \(SQLName.identifier(owner.user)) SET idle_session_timeout = 0;"))
    }
}
