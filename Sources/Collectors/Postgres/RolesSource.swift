import Observations

/// The roles' connection limits.
package enum RolesSource: Source {
    package static let name = "roles"
    package static let cadence = Cadence.every(.seconds(30))

    package static func statement(in context: SourceContext) -> String? {
        """
        SELECT rolname::text, rolconnlimit, rolsuper FROM pg_catalog.pg_roles \
        ORDER BY rolconnlimit >= 0 DESC, rolcanlogin DESC, oid LIMIT 1000
        """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [RoleLimit] {
        let name = try table.required("rolname")
        let limit = try table.required("rolconnlimit")
        let isSuperuser = table.column("rolsuper")
        return (0..<table.rowCount).compactMap { row in
            guard let name = name.text(row), let limit = limit.integer(row) else { return nil }
            return RoleLimit(name: name, connectionLimit: limit, isSuperuser: isSuperuser.bool(row) ?? false)
        }
    }
}
