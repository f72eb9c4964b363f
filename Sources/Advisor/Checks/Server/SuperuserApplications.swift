import Observations

/// Whether applications log in as superusers.
enum SuperuserApplications: Check {
    static let id = "superuser-applications"
    static let group = CheckGroup.server
    static let title = "Applications are no superusers"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.roles, .sessions]
    static let explanation = """
        A superuser may read and drop everything, passes the limits of roles and databases, and takes the slots that \
        are reserved for operators. It is a finding when a session of one is neither a tool of operators (psql, pg_dump, \
        pgAdmin, backup and failover managers) nor Poolscope's own; critical when it comes through a pooler.
        """

    /// Parts of application names, in lower case.
    private static let tools = [
        "psql", "pg_dump", "pg_restore", "pg_basebackup", "pg_receivewal", "pgadmin", "dbeaver", "datagrip", "patroni",
        "repmgr", "pgbackrest", "barman", "wal-g", "walreceiver", "pg_rewind", "vacuumdb", "reindexdb", "poolscope",
        "postgres_exporter", "check_pg", "pg_cron", "cloudnative-pg", "cnpg",
    ]

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let superusers = Set(try server.roles.get().filter(\.isSuperuser).map(\.name))
        let groups = try server.sessions.get().groups.filter { superusers.contains($0.owner.user) }
        let applications = groups.filter { group in
            let name = group.owner.application.lowercased()
            return !tools.contains { name.contains($0) }
        }
        let findings = applications.prefix(10).map { group in
            Finding(
                group.pooled > 0 ? .critical : severity, subject: group.owner.user,
                "The superuser \(group.owner.sentence) is used by an application.",
                evidence: [Evidence("sessions", max(group.current, group.peak)), Evidence("pooled", group.pooled)],
                remedy: remedy(group.owner))
        }
        return .found(
            findings,
            orPassed: groups.isEmpty ? "no session of a superuser" : "only tools of operators log in as superusers")
    }

    private static func remedy(_ owner: SessionOwner) -> Remedy {
        let name = owner.application.isEmpty ? "\(owner.database)_app" : owner.application
        let role = SQLName.identifier(String(name.prefix(40)))
        let database = SQLName.identifier(owner.database)
        return Remedy("Give it a role of its own with what it needs, and change its connection string.")
            .adding(
                .sql, "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 40;",
                "GRANT CONNECT ON DATABASE \(database) TO \(role);",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(role);")
    }
}
