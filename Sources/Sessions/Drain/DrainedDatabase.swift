import Observations

/// A database that takes no new sessions, or is to: what the server says of it, and how its limit is changed. Pure.
///
/// `CONNECTION LIMIT 0` rather than `ALLOW_CONNECTIONS false`: it leaves superusers in, whom maintenance needs, and
/// undoing it is setting one number. The number is kept on the server, as a setting of the database under a name that
/// only Poolscope uses, so that whoever ends the maintenance need not know it.
package struct DrainedDatabase: Sendable, Equatable {
    /// The setting that remembers the limit.
    static let memory = "poolscope.connection_limit_before_drain"
    /// What the server says of a database whose removal was interrupted (PostgreSQL 16+).
    private static let invalidLimit = -2

    package let name: String
    /// −1 is no limit.
    package let limit: Int
    package let isCurrent: Bool
    package let allowsConnections: Bool
    /// The limit before the drain that is still on; nil when none is, or it could not be remembered.
    package let rememberedLimit: Int?

    package init(
        name: String, limit: Int, isCurrent: Bool = false, allowsConnections: Bool = true, rememberedLimit: Int? = nil
    ) {
        self.name = name
        self.limit = limit
        self.isCurrent = isCurrent
        self.allowsConnections = allowsConnections
        self.rememberedLimit = rememberedLimit
    }

    /// With the name as its parameter.
    static let statement = """
        SELECT d.datconnlimit, d.datname = current_database() AS is_current, d.datallowconn, \
        (SELECT split_part(c, '=', 2) FROM unnest(s.setconfig) AS c WHERE c LIKE '\(memory)=%' LIMIT 1) AS remembered \
        FROM pg_catalog.pg_database AS d LEFT JOIN pg_catalog.pg_db_role_setting AS s \
        ON s.setdatabase = d.oid AND s.setrole = 0 WHERE d.datname = $1
        """

    /// Nil when there is no such database.
    static func decode(_ table: any ResultTable, name: String) throws(DecodeError) -> DrainedDatabase? {
        guard table.rowCount > 0 else { return nil }
        guard let limit = try table.required("datconnlimit").integer(0) else {
            throw DecodeError("the database has no connection limit")
        }
        return DrainedDatabase(
            name: name, limit: Int(limit), isCurrent: table.column("is_current").bool(0) ?? false,
            allowsConnections: table.column("datallowconn").bool(0) ?? true,
            rememberedLimit: table.column("remembered").text(0).flatMap { Int($0) })
    }

    /// Why it cannot be drained; nil when it can.
    package var problem: String? {
        if limit == Self.invalidLimit {
            return "database \(name) is invalid, because its removal was interrupted: DROP DATABASE "
                + SQLName.quoted(name)
        }
        return nil
    }

    /// Why neither drain nor restore may be run over this connection; nil when they may.
    package var connectionProblem: String? {
        guard isCurrent else { return nil }
        return "connected to \(name) itself, and could not come back once it takes no new sessions: connect to "
            + "another database, such as dbname=postgres"
    }

    /// The limit that is to come back: what is remembered, unless somebody has set another one since.
    package var limitToRestore: Int { limit == 0 ? rememberedLimit ?? 0 : limit }

    /// For one transaction. A limit of 0 that goes with a memory is ours, and not to be remembered.
    package func rejection(remembering: Bool) -> [String] {
        let database = SQLName.always(name)
        var statements = ["ALTER DATABASE \(database) CONNECTION LIMIT 0"]
        if remembering, rememberedLimit == nil || limit != 0 {
            statements.insert("ALTER DATABASE \(database) SET \(Self.memory) = '\(limit)'", at: 0)
        }
        return statements
    }

    /// For one transaction.
    /// - Parameter remembers: whether the server remembers a limit that is to be forgotten; nil for what it did when it
    ///   was asked.
    package func restoration(to limit: Int, remembers: Bool? = nil) -> [String] {
        let database = SQLName.always(name)
        var statements = ["ALTER DATABASE \(database) CONNECTION LIMIT \(limit)"]
        if remembers ?? (rememberedLimit != nil) {
            statements.append("ALTER DATABASE \(database) RESET \(Self.memory)")
        }
        return statements
    }
}
