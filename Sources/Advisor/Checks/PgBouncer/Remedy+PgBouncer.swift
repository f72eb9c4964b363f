import Observations

extension Remedy {
    /// Lines of the section `[pgbouncer]`, and how PgBouncer takes them in.
    func setting(_ lines: String...) -> Remedy { adding(.ini, lines).adding(.console, "RELOAD;") }

    /// A pool's size where it is set: of the user, of the database, or of all.
    func settingSize(of pool: BouncerPools.Pool, to size: Double) -> Remedy {
        let number = CheckText.number(size)
        if pool.sizeIsUsers {
            return adding(.ini, "[users]", "\(SQLName.oneLine(pool.row.user)) = pool_size=\(number)")
                .adding(.console, "RELOAD;")
        }
        if pool.sizeIsDatabases, let database = pool.database {
            return settingDatabase(database, "pool_size=\(number)")
        }
        return setting("default_pool_size = \(number)")
    }

    /// The sizes of several pools of one PgBouncer, each where it is set; of those that have no size of their own, the
    /// largest.
    /// - Parameter pooler: its name, where there are several.
    func settingSizes(_ sizes: [(pool: BouncerPools.Pool, size: Double)], of pooler: String?) -> Remedy {
        var lines = pooler.map { ["; \(SQLName.oneLine($0))"] } ?? []
        let usual = sizes.filter { !$0.pool.sizeIsUsers && !($0.pool.sizeIsDatabases && $0.pool.database != nil) }
        if let largest = usual.map(\.size).max() { lines.append("default_pool_size = \(CheckText.number(largest))") }
        var databases: [(database: PgBouncerDatabase, size: Double)] = []
        var users: [(name: String, size: Double)] = []
        for (pool, size) in sizes {
            if pool.sizeIsUsers {
                if let index = users.firstIndex(where: { $0.name == pool.row.user }) {
                    users[index].size = max(users[index].size, size)
                } else {
                    users.append((pool.row.user, size))
                }
            } else if pool.sizeIsDatabases, let database = pool.database {
                if let index = databases.firstIndex(where: { $0.database.name == database.name }) {
                    databases[index].size = max(databases[index].size, size)
                } else {
                    databases.append((database, size))
                }
            }
        }
        if !databases.isEmpty { lines.append("[databases]") }
        lines += databases.prefix(10).map {
            Self.databaseLine($0.database, "pool_size=\(CheckText.number($0.size))")
        }
        if !users.isEmpty { lines.append("[users]") }
        lines += users.prefix(10).map { "\(SQLName.oneLine($0.name)) = pool_size=\(CheckText.number($0.size))" }
        return adding(.ini, lines).adding(.console, "RELOAD;")
    }

    /// A parameter of a database's line in `[databases]`, after what SHOW DATABASES shows of it.
    func settingDatabase(_ database: PgBouncerDatabase, _ parameter: String) -> Remedy {
        adding(.ini, "[databases]", Self.databaseLine(database, parameter)).adding(.console, "RELOAD;")
    }

    private static func databaseLine(_ database: PgBouncerDatabase, _ parameter: String) -> String {
        var parts: [String] = []
        func add(_ key: String, _ value: String) {
            if !value.isEmpty { parts.append("\(key)=\(SQLName.oneLine(value))") }
        }
        add("host", database.host)
        add("port", database.port)
        add("dbname", database.database)
        add("user", database.forceUser)
        let key = parameter.prefix { $0 != "=" }
        if key != "pool_mode" { add("pool_mode", database.poolMode) }
        parts.append(SQLName.oneLine(parameter))
        return "\(SQLName.oneLine(database.name)) = \(parts.joined(separator: " "))"
    }
}
