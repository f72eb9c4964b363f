import Observations

/// Whether databases let their clients work.
enum DatabasesOpen: Check {
    static let id = "paused-databases"
    static let group = CheckGroup.pgbouncer
    static let title = "No database is paused or disabled"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.poolDatabases, .pools]
    static let explanation = """
        PAUSE holds all clients of a database back until RESUME, and a script that died in between holds them back until \
        query_wait_timeout throws them out; DISABLE refuses new ones. Both may be meant, and are a finding as long as they last: \
        critical while clients wait in a paused database. Where PgBouncer tells its state (1.19+), a pause of \
        everything and SUSPEND are seen too.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let pools = try bouncer.pools.get()
        let databases = try bouncer.databases.get().filter { $0.name != "pgbouncer" }
        var findings: [Finding] = []
        for database in databases {
            let waiting = pools.filter { $0.database == database.name }.reduce(0) { $0 + $1.waiting }
            if database.numbers["paused"] == 1 { findings.append(paused(database.name, waiting: waiting)) }
            if database.numbers["disabled"] == 1 { findings.append(disabled(database.name)) }
        }
        findings += whole(bouncer.state.value, waiting: pools.reduce(0) { $0 + $1.waiting })
        findings.sort { $0.severity > $1.severity }
        return .found(
            Array(findings.prefix(20)), orPassed: "\(CheckText.count(databases.count, "database")), all open")
    }

    private static func paused(_ name: String, waiting: Double) -> Finding {
        Finding(
            waiting > 0 ? .critical : severity, subject: name,
            "The database \(CheckText.name(name)) is paused; \(CheckText.count(waiting, "client")) "
                + "wait\(waiting == 1 ? "s" : "") in it.",
            evidence: [Evidence("paused", 1), Evidence("waiting_clients", waiting)],
            remedy: Remedy("When the maintenance is over:").adding(.console, "RESUME \(SQLName.identifier(name));"))
    }

    private static func disabled(_ name: String) -> Finding {
        Finding(
            severity, subject: name, "The database \(CheckText.name(name)) is disabled: new clients are refused.",
            evidence: [Evidence("disabled", 1)],
            remedy: Remedy("When it is to be used again:").adding(.console, "ENABLE \(SQLName.identifier(name));"))
    }

    private static func whole(_ state: PgBouncerSettings?, waiting: Double) -> [Finding] {
        ["paused", "suspended"].filter { state?.values[$0] == "yes" }.map { word in
            Finding(
                waiting > 0 ? .critical : severity, subject: word,
                "PgBouncer as a whole is \(word); \(CheckText.count(waiting, "client")) wait\(waiting == 1 ? "s" : "").",
                evidence: [Evidence(word, 1), Evidence("waiting_clients", waiting)],
                remedy: Remedy("When the maintenance is over:").adding(.console, "RESUME;"))
        }
    }
}
