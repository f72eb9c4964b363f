import Observations

/// Whether what clients ask for at the beginning is heeded.
enum StartupParameters: Check {
    static let id = "startup-parameters"
    static let group = CheckGroup.pgbouncer
    static let title = "No time-out that clients ask for is dropped"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config]
    static let explanation = """
        ignore_startup_parameters drops what a client sends with its log-in instead of refusing it. For extra_float_digits, \
        which JDBC sends, that is harmless; for statement_timeout, lock_timeout, idle_in_transaction_session_timeout, \
        options, search_path and role the client believes in something that does not hold: a finding, unless the parameter is \
        tracked (track_extra_parameters, 1.20+). Without extra_float_digits older JDBC drivers are refused: a remark \
        when nothing at all is ignored.
        """

    /// What clients rely on.
    private static let relied = [
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
        "transaction_timeout", "options", "search_path", "role",
    ]

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let ignored = Self.names(try bouncer.word("ignore_startup_parameters"))
        let tracked = Set(Self.names((try? bouncer.word("track_extra_parameters")) ?? "").map { $0.lowercased() })
        guard !ignored.isEmpty else { return .found([nothing()]) }
        let dropped = ignored.filter { relied.contains($0.lowercased()) && !tracked.contains($0.lowercased()) }
        guard !dropped.isEmpty else { return .passed("ignored: \(CheckText.list(ignored.map(SQLName.oneLine)))") }
        let role = bouncer.pools.value?.first { $0.database != "pgbouncer" }?.user ?? "web"
        return .found([finding(dropped, kept: ignored.filter { !dropped.contains($0) }, role: role)])
    }

    private static func names(_ list: String) -> [String] {
        list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
    }

    private static func nothing() -> Finding {
        Finding(
            .info, subject: "extra_float_digits",
            "ignore_startup_parameters is empty: JDBC drivers, which ask for extra_float_digits, are refused.",
            evidence: [Evidence("ignored_parameters", 0)],
            remedy: Remedy("Ignore it.").setting("ignore_startup_parameters = extra_float_digits"))
    }

    private static func finding(_ dropped: [String], kept: [String], role: String) -> Finding {
        let name = SQLName.identifier(role)
        let timeouts = dropped.filter { $0.lowercased().hasSuffix("_timeout") }
        let values = ["statement_timeout": "30s", "lock_timeout": "5s"]
        let statements = timeouts.map { setting in
            "ALTER ROLE \(name) SET \(setting.lowercased()) = '\(values[setting.lowercased()] ?? "60s")';"
        }
        let rest = (kept.isEmpty ? ["extra_float_digits"] : kept).map(SQLName.oneLine).joined(separator: ", ")
        let remedy = Remedy(
            "Set them where they hold, for each role, and let PgBouncer refuse clients that ask for them otherwise.")
        return Finding(
            severity, subject: "ignore_startup_parameters",
            "PgBouncer drops \(CheckText.list(dropped.map(SQLName.oneLine))) from log-ins: clients that ask for them "
                + "do not get them.",
            evidence: [Evidence("dropped_parameters", dropped.count)],
            remedy: (statements.isEmpty ? remedy : remedy.adding(.sql, statements))
                .setting("ignore_startup_parameters = \(rest)"))
    }
}
