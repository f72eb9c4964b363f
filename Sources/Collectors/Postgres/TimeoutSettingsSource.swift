import Observations

/// Time-outs of the server, and what ALTER DATABASE and ALTER ROLE set instead.
package enum TimeoutSettingsSource: Source {
    package static let name = "timeouts"
    package static let cadence = Cadence.every(.seconds(30))

    /// All are in milliseconds; idle_session_timeout came with PostgreSQL 14, transaction_timeout with 17.
    static let settings = [
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
        "transaction_timeout",
    ]
    /// Databases, and roles, that are looked at.
    static let nameLimit = 100
    static let overrideLimit = 2_000

    package static func statement(in context: SourceContext) -> String? {
        let names = settings.map { "'\($0)'" }.joined(separator: ", ")
        // reset_val is what our session started with, before it set time-outs of its own. That is the configuration's
        // value unless something stands before it for us: then it is left out, since it cannot be seen from here. A
        // value of our connection string's options stays unnoticed where our session has set the same one since, as
        // does an ALTER for us that was withdrawn while our session is open.
        // A role or database name may have any encoding: it is repaired when it is decoded.
        return """
            WITH own AS (SELECT d.oid AS database, r.oid AS role FROM pg_catalog.pg_database d, pg_catalog.pg_roles r \
            WHERE d.datname = current_database() AND r.rolname = session_user), \
            overrides AS (SELECT s.setdatabase, s.setrole, \
            split_part(c, '=', 1) AS setting, substr(c, strpos(c, '=') + 1) AS value \
            FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c \
            WHERE split_part(c, '=', 1) IN (\(names)) LIMIT \(overrideLimit)) \
            SELECT 'server' AS kind, NULL::text AS datname, NULL::text AS rolname, name::text AS setting, \
            reset_val::text AS value FROM pg_catalog.pg_settings s WHERE name IN (\(names)) \
            AND source NOT IN ('client', 'user', 'database', 'database user', 'global') \
            AND NOT EXISTS (SELECT 1 FROM overrides o, own WHERE o.setting = s.name \
            AND o.setdatabase IN (0, own.database) AND o.setrole IN (0, own.role)) \
            UNION ALL (SELECT 'database', d.datname::text, NULL, NULL, NULL FROM pg_catalog.pg_database d \
            WHERE d.datallowconn ORDER BY d.oid NOT IN (SELECT setdatabase FROM overrides), d.oid LIMIT \(nameLimit)) \
            UNION ALL (SELECT 'role', NULL, r.rolname::text, NULL, NULL FROM pg_catalog.pg_roles r \
            WHERE r.rolcanlogin ORDER BY r.oid NOT IN (SELECT setrole FROM overrides), r.oid LIMIT \(nameLimit)) \
            UNION ALL SELECT 'override', d.datname::text, r.rolname::text, o.setting, o.value FROM overrides o \
            LEFT JOIN pg_catalog.pg_database d ON d.oid = o.setdatabase \
            LEFT JOIN pg_catalog.pg_roles r ON r.oid = o.setrole \
            WHERE (o.setdatabase = 0 OR d.oid IS NOT NULL) AND (o.setrole = 0 OR r.oid IS NOT NULL)
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> TimeoutSettings {
        let kind = try table.required("kind")
        let database = try table.required("datname")
        let role = try table.required("rolname")
        let setting = try table.required("setting")
        let value = try table.required("value")
        var settings = TimeoutSettings(server: [:], databases: [], roles: [], overrides: [])
        for row in 0..<table.rowCount {
            switch kind.text(row) {
            case "server":
                guard let setting = setting.text(row) else { continue }
                settings.server[setting] = value.text(row)
            case "database":
                if let database = database.text(row) { settings.databases.append(database) }
            case "role":
                if let role = role.text(row) { settings.roles.append(role) }
            case "override":
                guard let setting = setting.text(row), let value = value.text(row) else { continue }
                settings.overrides.append(
                    .init(database: database.text(row), role: role.text(row), setting: setting, value: value))
            default: throw DecodeError("a row of the time-outs is of an unknown kind")
            }
        }
        return settings
    }
}
