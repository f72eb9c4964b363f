import Observations

/// Whether clients of shared connections may prepare statements.
enum PreparedStatementsShared: Check {
    static let id = "prepared-statements"
    static let group = CheckGroup.pgbouncer
    static let title = "Prepared statements work in transaction mode"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.version, .config, .pools]
    static let explanation = """
        Most client libraries prepare statements by name: pgjdbc after five runs, psycopg 3 too, asyncpg, Npgsql, Rails and \
        Prisma at once. From PgBouncer 1.21 on, max_prepared_statements above 0 carries them from connection to connection; \
        with 0 they fail in transaction mode, now and then: “prepared statement does not exist”. It is a finding when a pool is in \
        transaction mode and it is 0; before 1.21, where nothing helps but the client's own setting, a remark. A remark too \
        when a client has more statements than it, so that they are prepared again and again.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let shared = try bouncer.pools.get().filter { $0.database != "pgbouncer" && $0.poolMode == "transaction" }
        guard !shared.isEmpty else { return .notApplicable("no pool is in transaction mode") }
        guard let maximum = try bouncer.config.get().number("max_prepared_statements") else {
            guard let isNew = bouncer.isAtLeast(1, 21), !isNew else {
                throw MissingFact("this PgBouncer has no setting “max_prepared_statements”")
            }
            return .found([old(shared, version: try bouncer.version.get())])
        }
        if maximum == 0 { return .found([off(shared)]) }
        let most = Double(bouncer.clients.value?.compactMap(\.preparedStatements).max() ?? 0)
        guard most > maximum else {
            return .passed(
                "up to \(CheckText.number(maximum)) per connection; clients have \(CheckText.number(most)) at most")
        }
        return .found([exceeded(most, maximum)])
    }

    private static let clientSide =
        "pgjdbc prepareThreshold=0, psycopg prepare_threshold=None, asyncpg statement_cache_size=0, Npgsql Max Auto "
        + "Prepare=0, Rails prepared_statements: false, Prisma pgbouncer=true"

    private static func names(_ pools: [PgBouncerPool]) -> String {
        CheckText.list(pools.map { CheckText.name("\($0.database)/\($0.user)") })
    }

    private static func old(_ pools: [PgBouncerPool], version: String) -> Finding {
        Finding(
            .info, subject: "version",
            "\(SQLName.oneLine(version)) cannot carry prepared statements from connection to connection: clients of "
                + "\(names(pools)) must not prepare by name.",
            evidence: [Evidence("version", text: SQLName.oneLine(version)), Evidence("pools", pools.count)],
            remedy: Remedy("Turn it off in the clients (\(clientSide)), or update to 1.21 or later and set:")
                .adding(.ini, "max_prepared_statements = 200"))
    }

    private static func off(_ pools: [PgBouncerPool]) -> Finding {
        Finding(
            severity, subject: "max_prepared_statements",
            "max_prepared_statements is 0: what clients of \(names(pools)) prepare by name is not there on the next "
                + "connection.",
            evidence: [Evidence("max_prepared_statements", 0), Evidence("pools", pools.count)],
            remedy: Remedy("Let PgBouncer carry them along.").setting("max_prepared_statements = 200"))
    }

    private static func exceeded(_ most: Double, _ maximum: Double) -> Finding {
        let wanted = min(5_000, (most / 100).rounded(.up) * 100)
        return Finding(
            .info, subject: "max_prepared_statements",
            "A client has prepared \(CheckText.number(most)) statements; connections keep "
                + "\(CheckText.number(maximum)) and prepare the others again.",
            evidence: [Evidence("prepared_statements", most), Evidence("max_prepared_statements", maximum)],
            remedy: Remedy(
                "Look whether the client puts values into the texts of statements; if not, keep more. Each costs memory on "
                    + "every server connection."
            ).setting("max_prepared_statements = \(CheckText.number(wanted))"))
    }
}
