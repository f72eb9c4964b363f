import Observations

/// Whether the pools of a database can be as large as they are meant to be.
enum PoolsFitDatabaseLimit: Check {
    static let id = "database-limit"
    static let group = CheckGroup.pgbouncer
    static let title = "Pools fit into their database's limit"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .pools, .poolDatabases]
    static let explanation = """
        max_db_connections bounds the server connections of all pools of a database together. When their sizes are more \
        than that, pools take connections from each other: a remark; a warning when clients wait while at least nine \
        tenths of the limit are used; and a warning when the limit is smaller than a single pool, whose size then means \
        nothing.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let pools = try BouncerPools(try facts.bouncer.get()).all
        let limited = try facts.bouncer.get().databases.get().filter {
            $0.name != "pgbouncer" && ($0.numbers["max_connections"] ?? 0) > 0
        }
        guard !limited.isEmpty else { return .passed("no database has a limit beyond its pools' sizes") }
        let findings = limited.compactMap { database in
            finding(database, pools.filter { $0.row.database == database.name })
        }
        return .found(
            Array(findings.prefix(20)),
            orPassed: "\(CheckText.count(limited.count, "database")) with a limit; all pools fit in")
    }

    private static func finding(_ database: PgBouncerDatabase, _ pools: [BouncerPools.Pool]) -> Finding? {
        let limit = database.numbers["max_connections"] ?? 0
        let sizes = pools.compactMap(\.sizeWithReserve)
        let sum = sizes.reduce(0, +)
        guard sizes.count == pools.count, sum > limit else { return nil }
        let waiting = pools.reduce(0) { $0 + max($1.row.waiting, $1.history?.mostWaiting ?? 0) }
        let used = database.numbers["current_connections"] ?? pools.reduce(0) { $0 + $1.row.servers }
        let largest = sizes.max() ?? 0
        let isTight = waiting > 0 && used >= limit * 0.9
        let share = max(1, (limit / Double(max(1, pools.count))).rounded(.down))
        let remedy = Remedy(
            "Divide it over the pools, or raise it as far as the server has slots for all (max_db_connections, or this "
                + "database's own):")
        return Finding(
            isTight || largest > limit ? .warning : severity, subject: database.name,
            "\(CheckText.count(pools.count, "pool")) of \(CheckText.name(database.name)) may want "
                + "\(CheckText.number(sum)) connections with their reserves; its limit is \(CheckText.number(limit)).",
            evidence: [
                Evidence("pool_connections_possible", sum), Evidence("database_limit", limit),
                Evidence("connections", used), Evidence("waiting_clients", waiting), Evidence("pools", pools.count),
            ],
            remedy: remedy.settingDatabase(database, "pool_size=\(CheckText.number(share))"))
    }
}
