import Observations

/// Whether migrations and dumps keep off pools in transaction mode.
enum MigrationsOffTransactionPooler: Check {
    static let id = "migrations-session-pooler"
    static let group = CheckGroup.checklist
    static let title = "Migrations and batch jobs use a session pool or a direct connection"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.clients, .pools]
    static let explanation = """
        Migrations take advisory locks of the session, set parameters and run for long; dumps need one session from \
        beginning to end. In transaction mode their statements are spread over connections, and they hold one of a small \
        pool for minutes. It is a finding when a client of a pool in transaction or statement mode calls itself as such \
        a tool does (flyway, liquibase, alembic, prisma migrate, pg_dump, pg_restore, …); needs application names (1.18+).
        """

    /// Parts of application names, in lower case.
    private static let tools = [
        "flyway", "liquibase", "alembic", "prisma-migrate", "prisma migrate", "migrate", "sqitch", "dbmate", "atlas",
        "pg_dump", "pg_restore", "pg_dumpall", "vacuumdb", "reindexdb", "pgbackrest", "rake", "knex-migrations",
    ]

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let modes = PoolModes(try bouncer.pools.get())
        let clients = try bouncer.clients.get().filter { !$0.isConsole }
        let jobs = clients.filter { client in
            let name = client.application.lowercased()
            return tools.contains { name.contains($0) }
        }
        guard !jobs.isEmpty else { return .passed("no migration, dump or the like among \(clients.count) clients") }
        let wrong = jobs.filter { ["transaction", "statement"].contains(modes[$0.database] ?? "") }
        let byTool = Dictionary(grouping: wrong) { "\($0.application)\u{0}\($0.database)" }
        let findings = byTool.sorted { $0.key < $1.key }.prefix(10).compactMap { _, members -> Finding? in
            guard let first = members.first else { return nil }
            return finding(first, count: members.count, mode: modes[first.database] ?? "")
        }
        return .found(findings, orPassed: "\(CheckText.count(jobs.count, "such client")), all in session mode")
    }

    private static func finding(_ client: PgBouncerClient, count: Int, mode: String) -> Finding {
        Finding(
            severity, subject: client.application,
            "\(CheckText.name(client.application)) works through the pool of \(CheckText.name(client.database)), which "
                + "is in \(mode) mode.",
            evidence: [Evidence("clients", count), Evidence("pool_mode", text: mode)],
            remedy: Remedy(
                "Let it connect to the server itself, or to a database of PgBouncer in session mode (Supabase: the "
                    + "session pooler)."
            ).adding(
                .ini, "[databases]",
                "\(SQLName.oneLine(client.database))_session = dbname=\(SQLName.oneLine(client.database)) "
                    + "pool_mode=session pool_size=3"))
    }
}
