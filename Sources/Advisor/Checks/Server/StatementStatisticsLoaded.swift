import Observations

/// Whether the server counts statements, so that slow ones can be named.
enum StatementStatisticsLoaded: Check {
    static let id = "statement-statistics"
    static let group = CheckGroup.server
    static let title = "Statements are counted"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.identity]
    static let explanation = """
        With pg_stat_statements, poolscope_query_duration_seconds agrees with the server's own counts of calls, and a \
        slow statement has an id by which it can be found. It is a remark when the extension is not in the database \
        that Poolscope connects to, or when compute_query_id (PostgreSQL 14+) is off.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let identity = try server.identity.get()
        var findings: [Finding] = []
        if identity.statementsExtension == nil {
            findings.append(
                Finding(
                    severity, subject: "pg_stat_statements",
                    "pg_stat_statements is not in the database that Poolscope connects to.",
                    evidence: [Evidence("installed", 0)], remedy: remedy(server.words.value)))
        }
        if server.words.value?["compute_query_id"] == "off" {
            findings.append(
                Finding(
                    severity, subject: "compute_query_id", "compute_query_id is off: statements have no id.",
                    evidence: [Evidence("compute_query_id", text: "off")],
                    remedy: Remedy("Let the server compute it.")
                        .adding(.sql, "ALTER SYSTEM SET compute_query_id = auto;", "SELECT pg_reload_conf();")))
        }
        let version = identity.statementsExtension?.version ?? ""
        return .found(findings, orPassed: "pg_stat_statements \(version)")
    }

    /// What is loaded already stays loaded.
    private static func remedy(_ words: [String: String]?) -> Remedy {
        let create = "CREATE EXTENSION pg_stat_statements;"
        guard let loaded = words?["shared_preload_libraries"] else {
            return Remedy(
                "Add pg_stat_statements to shared_preload_libraries (which our role may not see) and restart; then create it."
            ).adding(.sql, create)
        }
        let libraries = loaded.split(separator: ",").map { $0.trimmingPrefix(" ") }.filter { !$0.isEmpty }
        if libraries.contains("pg_stat_statements") { return Remedy("It is loaded: create it.").adding(.sql, create) }
        let all = (libraries + ["pg_stat_statements"]).map { SQLName.literal(String($0)) }.joined(separator: ", ")
        return Remedy("Load the library, restart, then create it.")
            .adding(.sql, "ALTER SYSTEM SET shared_preload_libraries = \(all);", create)
    }
}
