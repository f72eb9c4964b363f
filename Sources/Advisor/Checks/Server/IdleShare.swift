import Observations

/// Whether most of the slots that are taken do nothing.
enum IdleShare: Check {
    static let id = "idle-share"
    static let group = CheckGroup.server
    static let title = "Sessions are there for work"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.sessions, .settings]
    static let explanation = """
        Sessions that idle take slots from those that would work. It is a remark when more than 80 % of at least 20 \
        sessions are idle, and a warning when besides more than half of the usable slots are taken.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let survey = try server.sessions.get()
        let usable = try server.usableSlots()
        let seen = survey.groups.reduce(0) { $0 + $1.active + $1.idle + $1.idleInTransaction }
        if survey.current > 0, seen == 0 {
            throw MissingFact("our role may not see what sessions do: GRANT pg_monitor to it")
        }
        let idle = survey.count(\.idle)
        let share = seen > 0 ? Double(idle) / Double(seen) : 0
        guard seen >= 20, share > 0.8 else {
            return .passed("\(idle) of \(CheckText.count(survey.current, "session")) idle")
        }
        let idlest = survey.groups.filter { $0.idle > 0 }.sorted { $0.idle > $1.idle }
        let who = CheckText.list(idlest.map { "\($0.idle) × \($0.owner.sentence)" }, limit: 3)
        return .found([
            Finding(
                Double(survey.current) > usable / 2 ? .warning : severity,
                "\(CheckText.percent(share)) of \(survey.current) sessions are idle: \(who).",
                evidence: [
                    Evidence("sessions", survey.current), Evidence("idle_sessions", idle),
                    Evidence("idle_share", share, .ratio), Evidence("usable_slots", usable),
                ],
                remedy: Remedy(
                    "Let pools close what they do not need: a smaller minimum, an idle time-out (Node's pg: "
                        + "idleTimeoutMillis; HikariCP: minimumIdle and idleTimeout), in PgBouncer server_idle_timeout."
                ).adding(.ini, "server_idle_timeout = 300", "min_pool_size = 0"))
        ])
    }
}
