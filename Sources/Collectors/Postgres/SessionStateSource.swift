import Observations

/// Which client backends use state of their session. Read for `poolscope check` alone: it takes a look at pg_locks.
///
/// The server looks at the beginnings of statements itself and answers with words for them, so that no text leaves it.
package enum SessionStateSource: Source {
    package static let name = "session_state"
    package static let cadence = Cadence.every(.seconds(1))
    /// Rows of one answer.
    static let rowLimit = 500

    /// What PgBouncer itself carries over from one server connection to the next, and so harmless to set.
    private static let tracked =
        "(SESSION[[:space:]]+)?(application_name|client_encoding|datestyle|intervalstyle|timezone|time[[:space:]]+zone"
        + "|names|standard_conforming_strings)"
    private static let s = "[[:space:]]"

    private static let patterns: [(kind: SessionState.Kind, pattern: String)] = [
        (.set, "^\(s)*SET\(s)+(?!(LOCAL|TRANSACTION|CONSTRAINTS|\(tracked))(\(s)|=|$))"),
        (.set, "set_config\(s)*\\([^)]*,\(s)*false\(s)*\\)"),
        (.listen, "^\(s)*LISTEN\(s)"),
        (.prepare, "^\(s)*PREPARE\(s)+(?!TRANSACTION(\(s)|$))"),
        (.temporaryTable, "^\(s)*CREATE\(s)+((LOCAL|GLOBAL)\(s)+)?TEMP(ORARY)?\(s)(?!.*ON\(s)+COMMIT\(s)+DROP)"),
        (.cursor, "^\(s)*DECLARE\(s).*\(s)WITH\(s)+HOLD\(s)"),
    ]

    package static func statement(in context: SourceContext) -> String? {
        // With backslashes in it, a constant means the same whatever standard_conforming_strings says only as E''.
        let cases = patterns.map {
            "WHEN s.query ~* E'\($0.pattern.replacing("\\", with: "\\\\"))' THEN '\($0.kind.rawValue)'"
        }
        // A lock of the transaction is gone when the backend is idle; the two views are read one after the other, so
        // that it has to have been idle for a moment.
        return """
            SELECT pid, client_port, datname, usename, application_name, kind FROM (\
            SELECT s.pid, s.client_port, s.datname::text, s.usename::text, s.application_name, \
            CASE \(cases.joined(separator: " ")) END AS kind FROM pg_catalog.pg_stat_activity AS s \
            WHERE s.pid <> pg_backend_pid() AND s.datid IS NOT NULL AND s.state IS NOT NULL \
            UNION SELECT s.pid, s.client_port, s.datname::text, s.usename::text, s.application_name, \
            '\(SessionState.Kind.advisoryLock.rawValue)' FROM pg_catalog.pg_stat_activity AS s \
            JOIN pg_catalog.pg_locks AS l ON l.pid = s.pid WHERE l.locktype = 'advisory' AND l.granted \
            AND s.state = 'idle' AND s.state_change < clock_timestamp() - interval '100 ms' \
            AND s.pid <> pg_backend_pid()\
            ) AS states WHERE kind IS NOT NULL ORDER BY pid, kind LIMIT \(rowLimit)
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [SessionState] {
        let pid = try table.required("pid")
        let kind = try table.required("kind")
        let port = table.column("client_port")
        let database = table.column("datname")
        let user = table.column("usename")
        let application = table.column("application_name")
        return (0..<table.rowCount).compactMap { row in
            guard let process = pid.integer(row).flatMap({ Int32(exactly: $0) }),
                let kind = kind.text(row).flatMap(SessionState.Kind.init)
            else { return nil }
            return SessionState(
                pid: process, clientPort: port.integer(row).flatMap { Int32(exactly: $0) },
                database: database.text(row) ?? "", user: user.text(row) ?? "",
                application: application.text(row) ?? "", kind: kind)
        }
    }

    package static func refine(_ states: inout [SessionState], for target: TargetProfile) {
        let rules = target.rules.labels
        for index in states.indices {
            states[index].application = rules.rewrite(states[index].application, of: .applicationName)
            states[index].database = rules.rewrite(states[index].database, of: .database)
            states[index].user = rules.rewrite(states[index].user, of: .user)
        }
    }
}
