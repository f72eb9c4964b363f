import Practice

extension SizeFormat {
    /// For node-postgres (`pg` 8).
    static let nodePg = SizeFormat("node-pg") { report in
        let settings = PoolSettings(report)
        // PgBouncer turns away a client that sends these when it connects.
        let timeouts =
            settings.isBehindPooler
            ? ["  // Time-outs of statements belong to the role here: poolscope size --format postgres"]
            : [
                "  statement_timeout: \(PoolPractice.statementTimeout * 1_000),",
                "  lock_timeout: \(PoolPractice.lockTimeout * 1_000),",
                "  idle_in_transaction_session_timeout: \(PoolPractice.idleInTransactionTimeout * 1_000),",
            ]
        let lines =
            settings.header("//") + [
                "const { Pool } = require(\"pg\");",
                "",
                "const pool = new Pool({",
                "  connectionString: process.env.DATABASE_URL,",
                "  max: \(settings.size),",
                "  idleTimeoutMillis: \(PoolPractice.idleTimeout * 1_000),",
                "  connectionTimeoutMillis: \(PoolPractice.connectTimeout * 1_000),",
                "  maxLifetimeSeconds: \(PoolPractice.lifetime),",
                "  keepAlive: true,",
            ] + timeouts + [
                "});",
                "",
                "// Without this, an idle connection that breaks ends the process.",
                "pool.on(\"error\", (error) => console.error(`idle connection: ${error.message}`));",
                "",
                "module.exports = { pool };",
            ]
        return lines.joined(separator: "\n")
    }
}
