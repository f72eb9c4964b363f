import Observations

/// Whether clients go through a pooler, or at least do not crowd the server by themselves.
enum ConnectionPoolUsed: Check {
    static let id = "connection-pool-used"
    static let group = CheckGroup.checklist
    static let title = "Clients share connections through a pool"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.sessions, .settings]
    static let explanation = """
        A backend costs a process and memory, and the server is fastest with few of them. Of the client sessions, those \
        are a pooler's that a watched PgBouncer names in SHOW SERVERS (same cluster), or that bear a pooler's name. It is \
        a finding when clients bypass a watched pooler with more than half of at least 20 sessions, and when, \
        without a pooler, clients hold more than half of the usable slots. Few direct sessions that stay, as those of an \
        application's own pool, are fine.
        """

    /// With fewer sessions it does not matter who holds them.
    private static let leastSessions = 20

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let survey = try server.sessions.get()
        let pooled = survey.count(\.pooled)
        let direct = survey.current - pooled
        let usable = try server.usableSlots()
        let evidence = [
            Evidence("sessions", survey.current), Evidence("pooled_sessions", pooled),
            Evidence("direct_sessions", direct), Evidence("usable_slots", usable),
        ]
        let who = CheckText.list(survey.groups.filter { $0.direct > 0 }.map { "\($0.direct) × \($0.owner.sentence)" })
        if !facts.poolers.isEmpty, survey.current >= leastSessions, direct > pooled {
            return .found([bypassed(direct, of: survey.current, who: who, evidence)])
        }
        if pooled == 0, Double(direct) > usable / 2 {
            return .found([crowded(direct, usable: usable, who: who, evidence)])
        }
        if survey.current == 0 { return .passed("no client sessions in \(CheckText.seconds(survey.seconds))") }
        return .passed(
            "\(CheckText.count(survey.current, "client session")), \(pooled) of them through a pooler; "
                + "\(CheckText.number(usable)) usable slots")
    }

    private static func bypassed(_ direct: Int, of all: Int, who: String, _ evidence: [Evidence]) -> Finding {
        Finding(
            severity, "\(direct) of \(all) client sessions bypass the pooler: \(who).", evidence: evidence,
            remedy: Remedy("Point these applications at PgBouncer's host and port instead of the server's."))
    }

    private static func crowded(_ direct: Int, usable: Double, who: String, _ evidence: [Evidence]) -> Finding {
        let share = CheckText.percent(Double(direct) / max(1, usable))
        return Finding(
            severity, "Clients hold \(share) of the usable slots without a pooler: \(who).", evidence: evidence,
            remedy: Remedy("Put PgBouncer in transaction mode between the applications and the server.")
                .adding(.ini, "pool_mode = transaction", "max_client_conn = 1000", "default_pool_size = 20"))
    }
}
