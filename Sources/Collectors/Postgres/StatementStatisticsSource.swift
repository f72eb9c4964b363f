import Observations

/// pg_stat_statements: calls and execution time of top-level statements, never their text.
///
/// Asked only while the identity says that the extension is in the connected database; where the library is not
/// preloaded or our role may not call the function, the statement fails and the source is dropped for the session.
package enum StatementStatisticsSource: Source {
    package static let name = "statements"
    package static let cadence = Cadence.everyTickUpTo(rows: 1_000)
    package static let isOptional = true

    /// With more entries than this (`pg_stat_statements.max` is 5,000 unless set) nothing can be reconciled.
    static let rowLimit = 20_000

    package static func statement(in context: SourceContext) -> String? {
        guard let identity = context.facts[IdentitySource.self], let statements = identity.statementsExtension,
            // Without it the ids of all others' statements are hidden.
            !identity.missingPrivileges.contains("pg_read_all_stats"),
            // The deviation came with 1.3 (PostgreSQL 9.5): an older one was carried along by pg_upgrade.
            statements.isAtLeast(1, 3)
        else { return nil }
        // What planning costs is not in either: total_time became total_exec_time when planning got columns of its own.
        let (total, deviation) =
            statements.isAtLeast(1, 8) ? ("total_exec_time", "stddev_exec_time") : ("total_time", "stddev_time")
        let since = statements.isAtLeast(1, 11) ? "stats_since" : "NULL::timestamptz AS stats_since"
        // Statements within functions are part of those that called them.
        let topLevel = statements.isAtLeast(1, 9) ? "AND toplevel " : ""
        // Our role's own reads are left out, as our session is in pg_stat_activity: Poolscope has a role of its own.
        return """
            SELECT (SELECT pg_catalog.pg_postmaster_start_time()) AS started_at, s.userid, s.dbid, d.datname::text, \
            s.queryid, s.calls, s.\(total) AS milliseconds, s.\(deviation) AS deviation, \(since) \
            FROM \(quoted(statements.schema)).pg_stat_statements(showtext := false) s \
            JOIN pg_catalog.pg_database d ON d.oid = s.dbid \
            WHERE s.userid <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) \(topLevel)\
            LIMIT \(rowLimit + 1)
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> StatementStatistics {
        let user = try table.required("userid")
        let databaseID = try table.required("dbid")
        let database = try table.required("datname")
        let query = try table.required("queryid")
        let calls = try table.required("calls")
        let milliseconds = try table.required("milliseconds")
        let deviation = try table.required("deviation")
        let since = table.column("stats_since")
        let startedAt = table.rowCount > 0 ? table.column("started_at").time(0) : nil
        guard table.rowCount <= rowLimit else {
            return StatementStatistics(startedAt: startedAt, rows: [], isComplete: false)
        }
        var rows: [StatementCounters] = []
        rows.reserveCapacity(table.rowCount)
        for row in 0..<table.rowCount {
            // A hidden id: the privilege was just revoked. Granted again, years of calls would appear at once.
            guard let queryID = query.integer(row), let user = user.integer(row),
                let databaseID = databaseID.integer(row)
            else { return StatementStatistics(startedAt: startedAt, rows: [], isComplete: false) }
            rows.append(
                StatementCounters(
                    userID: UInt32(truncatingIfNeeded: user), databaseID: UInt32(truncatingIfNeeded: databaseID),
                    database: database.text(row) ?? "", queryID: queryID, calls: calls.integer(row) ?? 0,
                    seconds: (milliseconds.double(row) ?? 0) / 1_000, deviation: (deviation.double(row) ?? 0) / 1_000,
                    since: since.time(row)))
        }
        return StatementStatistics(startedAt: startedAt, rows: rows)
    }

    /// The databases' names become what they are in the activity, where statements are looked for.
    package static func refine(_ statistics: inout StatementStatistics, for target: TargetProfile) {
        for index in statistics.rows.indices {
            let name = statistics.rows[index].database
            statistics.rows[index].database = target.rules.labels.rewrite(name, of: .database)
        }
    }

    /// A name as an SQL identifier.
    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
