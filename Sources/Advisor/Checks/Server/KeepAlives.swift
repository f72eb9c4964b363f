import Observations

/// Whether sessions of clients that vanished are found out.
enum KeepAlives: Check {
    static let id = "keepalives"
    static let group = CheckGroup.server
    static let title = "Sessions of vanished clients end"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.settings]
    static let explanation = """
        A client whose machine or network is gone leaves its session: the server learns of it only by TCP keep-alives, \
        by default after more than two hours, and the slot is taken until then. It is a remark when that takes more than \
        10 min (idle + interval × count), or while a statement runs (client_connection_check_interval, PostgreSQL 14+, \
        is 0). Over a unix socket the server does not tell its keep-alives.
        """

    private static let longest = 600.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let idle = try server.setting("tcp_keepalives_idle")
        let interval = try server.setting("tcp_keepalives_interval")
        let count = try server.setting("tcp_keepalives_count")
        guard idle > 0, interval > 0, count > 0 else {
            throw MissingFact("over a unix socket the server does not tell its keep-alives: connect over TCP")
        }
        let seconds = idle + interval * count
        let check = server.settings.value?["client_connection_check_interval"]?.value
        let evidence = [
            Evidence("tcp_keepalives_idle", idle, .seconds), Evidence("tcp_keepalives_interval", interval, .seconds),
            Evidence("tcp_keepalives_count", count), Evidence("found_out_after", seconds, .seconds),
        ]
        var findings: [Finding] = []
        if seconds > longest {
            findings.append(
                Finding(
                    severity, subject: "tcp_keepalives_idle",
                    "The session of a client that vanished keeps its slot for \(CheckText.seconds(seconds)).",
                    evidence: evidence,
                    remedy: Remedy("Let the server ask after a minute; new sessions have it.")
                        .adding(
                            .sql, "ALTER SYSTEM SET tcp_keepalives_idle = 60;",
                            "ALTER SYSTEM SET tcp_keepalives_interval = 10;",
                            "ALTER SYSTEM SET tcp_keepalives_count = 6;", "SELECT pg_reload_conf();")))
        }
        if check == 0 {
            findings.append(
                Finding(
                    severity, subject: "client_connection_check_interval",
                    "A statement runs on when its client is gone: nobody looks before it ends.",
                    evidence: [Evidence("client_connection_check_interval", 0, .seconds)],
                    remedy: Remedy("Let the server look every 10 s while it works.")
                        .adding(
                            .sql, "ALTER SYSTEM SET client_connection_check_interval = '10s';",
                            "SELECT pg_reload_conf();")))
        }
        return .found(findings, orPassed: "a vanished client is found out after \(CheckText.seconds(seconds))")
    }
}
