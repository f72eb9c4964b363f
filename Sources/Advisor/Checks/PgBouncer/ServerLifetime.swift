import Observations
import Practice

/// Whether server connections are renewed, and not all the time.
enum ServerLifetime: Check {
    static let id = "server-lifetime"
    static let group = CheckGroup.pgbouncer
    static let title = "Server connections live for a good while"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config]
    static let explanation = """
        server_lifetime closes a connection of that age once it is free. 0 does not mean never: each connection then \
        serves one transaction, which is a warning; so is less than a minute. More than a day is a remark: the caches \
        of a backend grow with every table it has seen, and after a failover or a new address in the DNS old connections \
        stay where they were. A database's own value (1.23+) is judged as well.
        """

    private static let shortest = 60.0
    private static let longest = 86_400.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let usual = try bouncer.setting("server_lifetime")
        let own = (bouncer.databases.value ?? []).filter { database in
            database.name != "pgbouncer" && database.numbers["server_lifetime"].map { $0 >= 0 && $0 != usual } ?? false
        }
        let findings =
            [finding("server_lifetime", usual) { $0.setting("server_lifetime = \(PoolPractice.lifetime)") }]
            + own.map { database in
                finding(database.name, database.numbers["server_lifetime"] ?? usual) {
                    $0.settingDatabase(database, "server_lifetime=\(PoolPractice.lifetime)")
                }
            }
        return .found(Array(findings.compactMap(\.self).prefix(20)), orPassed: CheckText.seconds(usual))
    }

    private static func finding(_ subject: String, _ seconds: Double, _ complete: (Remedy) -> Remedy) -> Finding? {
        guard seconds < shortest || seconds > longest else { return nil }
        let message =
            seconds == 0
            ? "server_lifetime is 0: each server connection is used once and closed."
            : seconds < shortest
                ? "Server connections are closed after \(CheckText.seconds(seconds)), and opened anew."
                : "Server connections live for \(CheckText.seconds(seconds))."
        return Finding(
            seconds < shortest ? .warning : severity, subject: subject, message,
            evidence: [Evidence("server_lifetime", seconds, .seconds)], remedy: complete(Remedy("An hour suits most.")))
    }
}
