import Observations

/// Whether the right people reach the admin console.
enum ConsoleAccess: Check {
    static let id = "console-access"
    static let group = CheckGroup.pgbouncer
    static let title = "Operators, and they alone, reach the admin console"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .pools, .console]
    static let explanation = """
        admin_users may pause, kill and shut down; stats_users may look. It is a warning when an application's user is among \
        admin_users; a remark when nobody is, so that RELOAD and RESUME take the unix socket of the host; when an \
        application's user is among stats_users, for SHOW CLIENTS names everybody; and when Poolscope itself logs in as an \
        admin, where stats_users would do.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let admins = Self.names(try bouncer.word("admin_users"))
        let stats = Self.names(try bouncer.word("stats_users"))
        let applications = Set(try bouncer.pools.get().filter { $0.database != "pgbouncer" }.map(\.user))
        let ours = Set(try bouncer.console.get().filter { $0.application.hasPrefix("poolscope") }.map(\.user))
        var findings: [Finding] = []
        if admins.isEmpty { findings.append(nobody()) }
        for name in admins where applications.contains(name) {
            findings.append(application(name, "admin_users", .warning, without: admins))
        }
        for name in stats where applications.contains(name) && !admins.contains(name) {
            findings.append(application(name, "stats_users", .info, without: stats))
        }
        for name in ours.sorted() where admins.contains(name) && !applications.contains(name) {
            findings.append(poolscope(name, admins, stats))
        }
        return .found(
            Array(findings.prefix(20)),
            orPassed: "\(CheckText.count(admins.count, "admin")), \(CheckText.count(stats.count, "user")) who may look")
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { String($0.trimmingPrefix(" ").reversed().drop { $0 == " " }.reversed()) }
            .filter { !$0.isEmpty }
    }

    private static func line(_ setting: String, _ names: [String]) -> String {
        "\(setting) = \(SQLName.oneLine(names.joined(separator: ", ")))"
    }

    private static func nobody() -> Finding {
        Finding(
            .info, subject: "admin_users",
            "admin_users is empty: RELOAD, PAUSE and RESUME take a login on the host, over its unix socket.",
            evidence: [Evidence("admin_users", 0)],
            remedy: Remedy("Name an operator's user that no application has.").setting("admin_users = pgbouncer_admin"))
    }

    private static func application(
        _ name: String, _ setting: String, _ severity: CheckSeverity, without names: [String]
    ) -> Finding {
        Finding(
            severity, subject: name,
            "The user \(CheckText.name(name)), as whom applications connect, is among \(setting) and may "
                + (setting == "admin_users" ? "pause, kill and shut down." : "see all clients."),
            evidence: [Evidence(setting, names.count)],
            remedy: Remedy("Take it off; operators get a user of their own.")
                .setting(line(setting, names.filter { $0 != name })))
    }

    private static func poolscope(_ name: String, _ admins: [String], _ stats: [String]) -> Finding {
        let rest = admins.filter { $0 != name }
        return Finding(
            .info, subject: name, "Poolscope logs in as \(CheckText.name(name)), who may also shut PgBouncer down.",
            evidence: [Evidence("admin_users", admins.count)],
            remedy: Remedy("Let it look only; auth_file gets the new user and its password.")
                .setting(
                    line("stats_users", stats + [rest.isEmpty ? "poolscope" : name]),
                    line("admin_users", rest.isEmpty ? admins : rest)))
    }
}
