import Observations

/// Whether sessions end because their clients end them.
enum SessionsEndInOrder: Check {
    static let id = "sessions-end-in-order"
    static let group = CheckGroup.server
    static let title = "Sessions end in order"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.traffic]
    static let explanation = """
        pg_stat_database (PostgreSQL 14+) counts sessions that were abandoned (the client vanished: crashes, networks, \
        processes killed with their pools), fatal (the server ended them on an error: storms of log-ins that fail late, \
        time-outs of idle ones) and killed by an operator. It is a finding when within the watch at least 5 of a \
        kind were counted and they are more than a tenth of the new sessions.
        """

    private static let kinds = [
        (
            column: "sessions_abandoned", words: "lost their client",
            remedy:
                "Look for crashing or killed processes, and networks that drop idle connections: close pools when a "
                + "process stops, and set keep-alives."
        ),
        (
            column: "sessions_fatal", words: "ended by a fatal error",
            remedy:
                "Look for FATAL in the server's log: wrong log-ins that are tried again and again, time-outs of idle "
                + "sessions, a full limit."
        ),
        (
            column: "sessions_killed", words: "were killed by an operator",
            remedy: "Somebody, or some script, ends sessions: let time-outs do it, and mend what makes it necessary."
        ),
    ]

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let traffic = try facts.server.get().traffic.get()
        guard traffic.isEmpty || traffic.contains(where: { $0.growth["sessions_abandoned"] != nil }) else {
            throw MissingFact("servers count how sessions end since PostgreSQL 14 only")
        }
        let findings = traffic.flatMap { database in
            kinds.compactMap { finding($0.column, $0.words, $0.remedy, database) }
        }
        let ended = traffic.reduce(0) { sum, database in
            sum + kinds.reduce(0) { $0 + (database.growth[$1.column] ?? 0) }
        }
        return .found(
            Array(findings.prefix(20)),
            orPassed: ended == 0 ? "none ended otherwise" : "\(CheckText.count(ended, "session")) ended otherwise")
    }

    private static func finding(
        _ column: String, _ words: String, _ remedy: String, _ traffic: DatabaseTraffic
    ) -> Finding? {
        guard let count = traffic.growth[column], count >= 5 else { return nil }
        let sessions = traffic.growth["sessions"] ?? 0
        guard count > sessions / 10 else { return nil }
        return Finding(
            severity, subject: traffic.database,
            "\(CheckText.count(count, "session")) in \(CheckText.name(traffic.database)) \(words) within "
                + "\(CheckText.seconds(traffic.seconds)).",
            evidence: [
                Evidence(column, count), Evidence("sessions", sessions),
                Evidence("rate", count / traffic.seconds, .perSecond),
            ],
            remedy: Remedy(remedy).adding(.sql, "ALTER SYSTEM SET log_disconnections = on;", "SELECT pg_reload_conf();")
        )
    }
}
