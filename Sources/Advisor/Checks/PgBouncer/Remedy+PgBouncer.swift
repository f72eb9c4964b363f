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

    /// A parameter of a database's line in `[databases]`, after what SHOW DATABASES shows of it.
    func settingDatabase(_ database: PgBouncerDatabase, _ parameter: String) -> Remedy {
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
        return adding(.ini, "[databases]", "\(SQLName.oneLine(database.name)) = \(parts.joined(separator: " "))")
            .adding(.console, "RELOAD;")
    }
}
