import Observations

/// Who the server is, since when it runs, and what our role may not see.
package enum IdentitySource: Source {
    package static let name = "identity"
    package static let cadence = Cadence.every(.seconds(30))

    /// Predefined roles that the samples need; `pg_monitor` contains both of the others.
    static let privileges = ["pg_monitor", "pg_read_all_settings", "pg_read_all_stats"]

    package static func statement(in context: SourceContext) -> String? {
        let checks = privileges.map { "pg_has_role('\($0)', 'USAGE') AS \($0)" }.joined(separator: ", ")
        return """
            SELECT current_setting('server_version') AS short_version, version() AS version, \
            pg_postmaster_start_time() AS started_at, pg_is_in_recovery() AS is_replica, \(checks), \
            (SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n \
            ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements') AS statements_schema, \
            (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pg_stat_statements') AS statements_version
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> ServerIdentity {
        let version = try table.required("short_version")
        guard table.rowCount == 1 else { throw DecodeError("the server's identity came in \(table.rowCount) rows") }
        var missing = privileges.filter { table.column($0).bool(0) == false }
        // Somebody may have granted the two parts without the whole: then nothing is hidden.
        if missing == ["pg_monitor"] { missing = [] }
        let schema = table.column("statements_schema").text(0)
        let statements = table.column("statements_version").text(0)
        return ServerIdentity(
            version: version.text(0) ?? "", fullVersion: table.column("version").text(0) ?? "",
            startedAt: table.column("started_at").time(0), isReplica: table.column("is_replica").bool(0) ?? false,
            missingPrivileges: missing,
            statementsExtension: schema.flatMap { schema in
                statements.map { InstalledExtension(schema: schema, version: $0) }
            })
    }
}
