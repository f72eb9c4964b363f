import Observations

/// Whether connections come back.
enum LeakedConnectionsCheck: Check {
    static let id = "leaked-connections"
    static let group = CheckGroup.checklist
    static let title = "Connections are given back"
    static let severity = CheckSeverity.critical
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.leaks]
    static let explanation = """
        A connection that is not given back on some path of the code (an error, an early return) idles until the pool \
        or the server is full. A leak is what poolscope_leaked_connections counts: sessions idle beyond leak_threshold \
        while the least number of idle ones only rises. It takes one and a half leak thresholds to tell, so the agent \
        knows it, and a look of a minute does not.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let leaks = try server.leaks.get().filter { $0.count > 0 }
        let usable = try? server.usableSlots()
        let findings = leaks.map { leak in
            var evidence = [Evidence("leaked_connections", leak.count)]
            if let usable { evidence.append(Evidence("usable_slots", usable)) }
            return Finding(
                severity, subject: leak.application,
                "The application \(CheckText.name(leak.application)) in \(CheckText.name(leak.database)) does not give "
                    + "back \(CheckText.count(leak.count, "connection")), and the number rises.",
                evidence: evidence, remedy: remedy(leak))
        }
        return .found(findings, orPassed: "no application's idle connections only rise")
    }

    private static func remedy(_ leak: LeakedConnections) -> Remedy {
        Remedy(
            "Give connections back on every path: try/finally, with, defer. Until that is out, end those that have "
                + "been idle for long."
        ).adding(
            .sql,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' "
                + "AND state_change < now() - interval '10 min' AND datname = \(SQLName.literal(leak.database)) "
                + "AND application_name = \(SQLName.literal(leak.application));")
    }
}
