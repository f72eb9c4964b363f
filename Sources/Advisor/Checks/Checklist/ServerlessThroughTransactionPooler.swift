import Observations

/// Whether clients that live for seconds go through a pool in transaction mode.
enum ServerlessThroughTransactionPooler: Check {
    static let id = "serverless-transaction-pooler"
    static let group = CheckGroup.checklist
    static let title = "Short-lived clients use a transaction pooler"
    static let severity = CheckSeverity.warning
    static let subjects = TargetKind.allCases
    static let needs: [Fact] = []
    static let explanation = """
        Functions and scripts that live for seconds come in any number, and each would hold a connection for as long as \
        it lives: they belong behind a pool in transaction mode. On a server: an application of which at least 10 direct \
        sessions ended within the watch after less than 10 s on average. On PgBouncer: a pool in session mode with at \
        least 10 clients, more than half of which came within the last 10 s.
        """

    private static let leastClients = 10
    private static let shortSeconds = 10.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        switch facts.target.kind {
        case .postgres: try onServer(facts)
        case .pgbouncer: try onPooler(facts)
        }
    }

    private static func onServer(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let survey = try facts.server.get().sessions.get()
        guard survey.samples > 1 else { throw MissingFact("one look shows no lifetimes: watch with --watch") }
        let short = survey.groups.filter { group in
            group.pooled == 0 && group.closed >= leastClients
                && group.meanLifetime.map { $0 < shortSeconds } ?? false
        }
        let findings = short.prefix(10).map { group in
            let lifetime = group.meanLifetime ?? 0
            return Finding(
                severity, subject: group.owner.application,
                "\(CheckText.count(group.closed, "session")) of \(group.owner.sentence) ended after "
                    + "\(CheckText.seconds(lifetime)) on average, and came without a pooler.",
                evidence: [
                    Evidence("sessions_ended", group.closed), Evidence("mean_lifetime", lifetime, .seconds),
                    Evidence("watched", survey.seconds, .seconds),
                ], remedy: remedy)
        }
        return .found(
            findings, orPassed: "no application's direct sessions came and went in \(CheckText.seconds(survey.seconds))"
        )
    }

    private static func onPooler(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let modes = PoolModes(try bouncer.pools.get())
        let clients = try bouncer.clients.get().filter { !$0.isConsole }
        // PgBouncer tells no time of its own: its latest packet is nearly now.
        guard let now = clients.flatMap({ [$0.requestedAt, $0.connectedAt] }).compactMap(\.self).max() else {
            return .passed("no clients")
        }
        let byPool = Dictionary(grouping: clients) { "\($0.database)/\($0.user)" }
        var findings: [Finding] = []
        for (pool, members) in byPool.sorted(by: { $0.key < $1.key }) {
            guard let first = members.first, modes[first.database] == "session" else { continue }
            let short = members.count { $0.connectedAt.map { now.seconds(since: $0) < shortSeconds } ?? false }
            guard members.count >= leastClients, short * 2 > members.count else { continue }
            findings.append(
                Finding(
                    severity, subject: pool,
                    "\(short) of \(members.count) clients of the pool \(CheckText.name(pool)) came within the last "
                        + "\(CheckText.seconds(shortSeconds)), and each holds a server for as long as it stays.",
                    evidence: [Evidence("clients", members.count), Evidence("young_clients", short)],
                    remedy: remedy))
        }
        return .found(findings, orPassed: "no pool in session mode has mostly short-lived clients")
    }

    private static var remedy: Remedy {
        Remedy(
            "Let them connect to a pool in transaction mode (Supabase: port 6543), without state of the session and, "
                + "unless max_prepared_statements allows them, without prepared statements."
        ).adding(.ini, "pool_mode = transaction")
    }
}
