import Collectors
import Observations

/// The one statement that lists the sessions, and how its rows are read.
package enum SessionStatement {
    /// Sessions that are read at most.
    package static let sessionLimit = 20_000
    /// Waiting sessions that are asked for their blockers, the oldest statements first: each question takes the lock
    /// manager's table for a moment.
    static let waiterLimit = 100
    /// Blockers that are told of each.
    static let blockerLimit = 50
    /// Characters of a statement's text.
    static let queryLimit = 1_000

    /// - Parameter serverVersion: 150018 is 15.18. Columns that came after it are left out.
    package static func text(serverVersion: Int, includesQueryText: Bool) -> String {
        var columns = [
            "(SELECT clock_timestamp()) AS sampled_at", "s.pid", "s.pid = pg_backend_pid() AS is_self", "d.datname",
            "pg_catalog.pg_get_userbyid(s.usesysid) AS usename", "s.application_name", "s.state",
            "s.wait_event_type", "s.wait_event", "s.backend_start", "s.xact_start", "s.query_start",
            "s.state_change", "s.client_addr", "s.client_port", "s.backend_type", "r.rolsuper",
            """
            CASE WHEN s.wait_event_type = 'Lock' AND row_number() OVER \
            (PARTITION BY s.wait_event_type = 'Lock' ORDER BY s.query_start) <= \(waiterLimit) THEN \
            array_to_string((pg_catalog.pg_blocking_pids(s.pid))[1:\(blockerLimit)], ',') END AS blocked_by
            """,
        ]
        if serverVersion >= 140_000 { columns.append("s.query_id") }
        if includesQueryText { columns.append("left(s.query, \(queryLimit)) AS query") }
        // The function behind pg_stat_activity, whose columns are those of every version. Our own row is always there,
        // and with it the clock. A type that privileges hide is NULL: then what has a role and a database is a client.
        return """
            SELECT \(columns.joined(separator: ", ")) FROM pg_catalog.pg_stat_get_activity(NULL) AS s \
            LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.datid \
            LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.usesysid \
            WHERE coalesce(s.backend_type IN ('client backend', 'walsender'), s.usesysid IS NOT NULL AND s.datid IS NOT NULL) \
            ORDER BY s.pid <> pg_backend_pid() LIMIT \(sessionLimit + 1)
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> SessionListing {
        // The columns of the agent's own sample, read in the same way.
        let sample = try ActivitySource.decode(table)
        let isSuperuser = table.column("rolsuper")
        let blockedBy = table.column("blocked_by")
        let query = table.column("query")
        let rows = sample.rows.indices.compactMap { index -> SessionRow? in
            guard !sample.rows[index].isSelf, index < sessionLimit else { return nil }
            var row = SessionRow(sample.rows[index], sampledAt: sample.sampledAt)
            row.isSuperuser = isSuperuser.bool(index) ?? false
            row.blockedBy = (blockedBy.text(index) ?? "").split(separator: ",").compactMap { Int32($0) }
            row.query = query.text(index)
            return row
        }
        return SessionListing(
            sampledAt: sample.sampledAt, rows: rows, isTruncated: sample.rows.count > sessionLimit)
    }
}
