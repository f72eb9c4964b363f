import Practice

extension SizeFormat {
    /// For pgbouncer.ini, in any version from 1.16 on.
    static let pgbouncer = SizeFormat("pgbouncer") { report in
        let settings = PoolSettings(report)
        let mode =
            settings.isSessionMode
            ? [
                "; The sizes hold for session mode, which was measured. Transaction mode needs fewer, if clients can do with it.",
                "pool_mode = session",
            ] : ["pool_mode = transaction"]
        let lines =
            settings.header(";") + [
                "; Put this into the section [pgbouncer]: a second section of that name would undo the first."
            ] + mode + [
                "; For each pair of database and user.",
                "default_pool_size = \(settings.size)",
                "min_pool_size = \(settings.minimum)",
                "; Beyond that, for clients that have waited for so many seconds.",
                "reserve_pool_size = \(settings.reserve)",
                "reserve_pool_timeout = \(PoolPractice.Bouncer.reserveTimeout)",
                "; Needs as many open files, and some more: LimitNOFILE.",
                "max_client_conn = \(PoolPractice.Bouncer.clients)",
                "; In seconds: a client that waits for longer is sent away, one that holds a transaction idle is cut off.",
                "query_wait_timeout = \(PoolPractice.Bouncer.queryWait)",
                "idle_transaction_timeout = \(PoolPractice.idleInTransactionTimeout)",
                "server_connect_timeout = \(PoolPractice.connectTimeout)",
                "server_lifetime = \(PoolPractice.lifetime)",
                "; For clients that prepare statements, from PgBouncer 1.21 on:",
                "; max_prepared_statements = 200",
                "; Time-outs of statements belong to the role: poolscope size --format postgres",
            ]
        return (lines + databases(report)).joined(separator: "\n")
    }

    /// The most databases that are listed.
    private static let databaseLimit = 50

    /// Where databases need different sizes, what to add to their lines.
    private static func databases(_ report: SizeReport) -> [String] {
        let sizes = Dictionary(report.pools.map { ($0.key.database, $0.connections) }, uniquingKeysWith: max)
        guard Set(sizes.values).count > 1 else { return [] }
        let lines = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(databaseLimit).map {
            ";   \(SizeText.name($0.key)): pool_size=\($0.value)"
        }
        return ["; Databases differ. In [databases], add to the lines of:"] + lines
    }
}
