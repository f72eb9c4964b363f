import Observations
import Practice

/// Whether the limits of roles and databases leave room, and bind at all.
enum RoleAndDatabaseLimits: Check {
    static let id = "role-and-database-limits"
    static let group = CheckGroup.server
    static let title = "Limits of roles and databases leave room"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.settings, .roles, .databases, .sessions]
    static let explanation = """
        CONNECTION LIMIT of a role or database turns clients away while the server has slots left. It is a warning when \
        90 % of one are used at the peak of the watch, critical when all are; a remark when one is larger than the \
        usable slots, since it never binds. Superusers are exempt. 0 lets nobody in, on purpose, and is left out.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let usable = try server.usableSlots()
        let groups = try server.sessions.get().groups
        let roles = try server.roles.get().filter { $0.connectionLimit > 0 && !$0.isSuperuser }
        let databases = try server.databases.get().filter { ($0.connectionLimit ?? -1) > 0 }
        var findings: [Finding] = []
        for role in roles {
            let used = groups.filter { $0.owner.user == role.name }.reduce(0) { $0 + $1.current }
            let limit = Limit(kind: "role", name: role.name, limit: Double(role.connectionLimit), used: used)
            findings += [limit.finding(usable: usable)].compactMap(\.self)
        }
        for database in databases {
            let used = groups.filter { $0.owner.database == database.name }.reduce(0) { $0 + $1.current }
            let value = Double(database.connectionLimit ?? 0)
            let limit = Limit(kind: "database", name: database.name, limit: value, used: used)
            findings += [limit.finding(usable: usable)].compactMap(\.self)
        }
        findings.sort { $0.severity > $1.severity }
        return .found(
            Array(findings.prefix(20)),
            orPassed: roles.isEmpty && databases.isEmpty
                ? "no role or database has one"
                : "\(CheckText.count(roles.count, "role")) and \(CheckText.count(databases.count, "database")) "
                    + "have limits; none is nearly used up")
    }
}

/// One limit and what is used of it.
private struct Limit {
    let kind: String
    let name: String
    let limit: Double
    let used: Int

    func finding(usable: Double) -> Finding? {
        let evidence = [
            Evidence("connection_limit", limit), Evidence("sessions", used), Evidence("usable_slots", usable),
        ]
        if Double(used) >= limit * Thresholds.ConnectionLimit.warning {
            return Finding(
                Double(used) >= limit ? .critical : .warning, subject: name,
                "\(used) of \(CheckText.number(limit)) connections of the \(kind) \(CheckText.name(name)) are taken.",
                evidence: evidence,
                remedy: Remedy("Pool its connections, find who holds them (poolscope sessions), or raise the limit.")
                    .adding(.sql, statement(min(usable, (limit * 1.5).rounded(.up)))))
        }
        guard limit > usable else { return nil }
        return Finding(
            .info, subject: name,
            "The \(kind) \(CheckText.name(name)) may have \(CheckText.number(limit)) connections; the server has "
                + "\(CheckText.number(usable)) usable slots, so that the limit never binds.",
            evidence: evidence,
            remedy: Remedy("Set what it may really take from the others.")
                .adding(.sql, statement((usable * 0.6).rounded(.up))))
    }

    private func statement(_ value: Double) -> String {
        let what = kind == "role" ? "ROLE" : "DATABASE"
        return "ALTER \(what) \(SQLName.identifier(name)) CONNECTION LIMIT \(CheckText.number(max(1, value)));"
    }
}
