import Observations

/// A database of a pooler that leads to the one that is drained: what its clients meet meanwhile, and the console's
/// commands that deal with them. Pure.
package struct PooledDatabase: Sendable, Equatable {
    /// The name of the pooler among the targets.
    package let pooler: String
    /// The name that clients connect to, which may be another than the server's.
    package let name: String
    /// The database on the server.
    let target: String
    /// Where it leads to, as the pooler has it: `10.0.0.1:5432`.
    package let address: String
    package let isPaused: Bool
    package let isDisabled: Bool
    package let clients: Int
    /// Of the clients, those that wait for a connection.
    package let waiting: Int
    /// Connections to the server.
    package let servers: Int

    /// Those of one pooler that lead to a database of this name, in the order of `SHOW DATABASES`.
    static func all(
        of pooler: String, leadingTo database: String, databases: [PgBouncerDatabase], pools: [PgBouncerPool]
    ) -> [PooledDatabase] {
        databases.filter { ($0.database.isEmpty ? $0.name : $0.database) == database && $0.name != "pgbouncer" }
            .map { entry in
                let own = pools.filter { $0.database == entry.name }
                func sum(_ columns: String...) -> Int {
                    Int(own.reduce(0) { sum, pool in columns.reduce(sum) { $0 + (pool.numbers[$1] ?? 0) } })
                }
                let waiting = sum("cl_waiting")
                return PooledDatabase(
                    pooler: pooler, name: entry.name, target: database,
                    address: entry.host.isEmpty ? "unix socket, port \(entry.port)" : "\(entry.host):\(entry.port)",
                    isPaused: entry.numbers["paused"] == 1, isDisabled: entry.numbers["disabled"] == 1,
                    clients: sum("cl_active") + waiting, waiting: waiting,
                    servers: sum("sv_active", "sv_idle", "sv_used", "sv_tested", "sv_login"))
            }
    }

    /// The name as the console takes it.
    var quotedName: String { SQLName.quoted(name) }

    /// Who is there, before or after a drain.
    package var line: String {
        let state = [isPaused ? "paused" : nil, isDisabled ? "disabled" : nil].compactMap(\.self)
        return "pooler \(VisibleText.escaped(pooler)): \(VisibleText.escaped(name)) (\(VisibleText.escaped(address))"
            + (state.isEmpty ? "" : ", \(state.joined(separator: ", "))")
            + ") holds \(Plural.count(clients, "client")), "
            + "\(waiting) of them waiting, and \(Plural.count(servers, "server connection"))"
    }

    /// What to run on its console so that clients wait, or are turned away, while the database takes nobody: one way a
    /// line.
    package var advice: [String] {
        let name = VisibleText.escaped(quotedName)
        if isPaused {
            return ["on its console, after the restore: RESUME \(name); (--restore --resume-poolers does it)"]
        }
        if isDisabled { return ["on its console, after the restore: ENABLE \(name);"] }
        return [
            "on its console, to let them wait until query_wait_timeout: PAUSE \(name); after the restore RESUME \(name); "
                + "(--pause-poolers, --resume-poolers do it)",
            "or, to turn new ones away: DISABLE \(name); after the restore ENABLE \(name);",
        ]
    }
}
