import Practice

extension SizeFormat {
    /// For Go: pgx 5's pgxpool, which takes its settings from the connection string.
    static let pgxpool = SizeFormat("pgxpool") { report in
        let settings = PoolSettings(report)
        // PgBouncer turns away a client that sends time-outs when it connects, and prepares no statements before 1.21.
        let session =
            settings.isBehindPooler
            ? ["default_query_exec_mode=exec"]
            : [
                "statement_timeout=\(PoolPractice.statementTimeout)s", "lock_timeout=\(PoolPractice.lockTimeout)s",
                "idle_in_transaction_session_timeout=\(PoolPractice.idleInTransactionTimeout)s",
            ]
        let keywords =
            [
                "host=db.example dbname=\(settings.database) user=\(settings.role)",
                "connect_timeout=\(PoolPractice.connectTimeout)",
                "pool_max_conns=\(settings.size)", "pool_min_conns=\(settings.minimum)",
                "pool_max_conn_idle_time=\(PoolPractice.idleTimeout)s",
                "pool_max_conn_lifetime=\(PoolPractice.lifetime)s", "pool_max_conn_lifetime_jitter=3m",
                "pool_health_check_period=\(PoolPractice.keepAlive)s",
            ] + session
        let note =
            settings.isBehindPooler
            ? ["// Time-outs of statements belong to the role here: poolscope size --format postgres"] : []
        let lines =
            settings.header("//") + [
                "package db",
                "",
                "import (",
                "\t\"context\"",
                "",
                "\t\"github.com/jackc/pgx/v5/pgxpool\"",
                ")",
                "",
            ] + note + [
                "// The password comes from PGPASSWORD or ~/.pgpass.",
                "const dsn = `\(keywords.joined(separator: "\n\t"))`",
                "",
                "func Open(ctx context.Context) (*pgxpool.Pool, error) {",
                "\treturn pgxpool.New(ctx, dsn)",
                "}",
            ]
        return lines.joined(separator: "\n")
    }
}
