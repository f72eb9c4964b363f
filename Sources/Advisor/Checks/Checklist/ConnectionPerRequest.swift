import Observations
import Practice

/// Whether applications open a connection for each request.
enum ConnectionPerRequest: Check {
    static let id = "connection-per-request"
    static let group = CheckGroup.checklist
    static let title = "Connections serve many transactions each"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.traffic]
    static let explanation = """
        To open a connection costs the server a process, a log-in and cold caches: more than most transactions. \
        pg_stat_database counts sessions and transactions (PostgreSQL 14+), those too that live for milliseconds. It is a \
        finding when a database has at least 10 new sessions in the watch and more than one for every 5 transactions, \
        those of the log-ins left out.
        """

    private static let leastSessions = 10.0
    private static let sessionsPerTransaction = Thresholds.Churn.warning

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let traffic = try server.traffic.get()
        guard traffic.isEmpty || traffic.contains(where: { $0.growth["sessions"] != nil }) else {
            throw MissingFact("servers count sessions since PostgreSQL 14 only")
        }
        let findings = traffic.compactMap { finding($0, server.sessions.value) }
        let sessions = traffic.reduce(0) { $0 + ($1.growth["sessions"] ?? 0) }
        let transactions = traffic.reduce(0) { $0 + Self.served($1) }
        return .found(
            findings,
            orPassed: "\(CheckText.count(sessions, "new session")) for \(CheckText.count(transactions, "transaction"))")
    }

    /// Transactions without those of the log-ins, of which the server counts one for each session.
    private static func served(_ traffic: DatabaseTraffic) -> Double {
        max(0, traffic.transactions - (traffic.growth["sessions"] ?? 0))
    }

    private static func finding(_ traffic: DatabaseTraffic, _ survey: SessionSurvey?) -> Finding? {
        guard let sessions = traffic.growth["sessions"], sessions >= leastSessions else { return nil }
        let served = Self.served(traffic)
        let ratio = sessions / max(1, served)
        guard ratio > sessionsPerTransaction else { return nil }
        var evidence = [
            Evidence("sessions", sessions), Evidence("transactions", served),
            Evidence("sessions_per_transaction", ratio),
            Evidence("session_rate", sessions / traffic.seconds, .perSecond),
        ]
        let openers = (survey?.groups ?? []).filter { $0.owner.database == traffic.database && $0.opened > 0 }
            .sorted { $0.opened > $1.opened }
        if let lifetime = openers.first?.meanLifetime { evidence.append(Evidence("mean_lifetime", lifetime, .seconds)) }
        let seen = CheckText.list(openers.map { $0.owner.sentence }, limit: 3)
        let who = openers.isEmpty ? "" : " Seen to open them: \(seen)."
        return Finding(
            severity, subject: traffic.database,
            "In \(CheckText.name(traffic.database)) a new session is opened for every "
                + "\(ratio >= 1 ? "transaction" : "\(CheckText.number(1 / ratio)) transactions").\(who)",
            evidence: evidence,
            remedy: Remedy(
                "Keep a pool in each process of the application, made once and not per request; where processes are "
                    + "short-lived, go through PgBouncer in transaction mode."
            ).adding(.ini, "pool_mode = transaction"))
    }
}
