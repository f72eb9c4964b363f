import Practice

extension SizeFormat {
    /// For Java: a properties file of HikariCP 5. Times in milliseconds.
    static let hikaricp = SizeFormat("hikaricp") { report in
        let settings = PoolSettings(report)
        let session =
            settings.isBehindPooler
            ? [
                "# PgBouncer prepares no statements before 1.21.",
                "dataSource.prepareThreshold=0",
                "# Time-outs of statements belong to the role here: poolscope size --format postgres",
            ]
            : [
                "dataSource.options=-c statement_timeout=\(PoolPractice.statementTimeout)s "
                    + "-c lock_timeout=\(PoolPractice.lockTimeout)s "
                    + "-c idle_in_transaction_session_timeout=\(PoolPractice.idleInTransactionTimeout)s"
            ]
        let lines =
            settings.header("#") + [
                "jdbcUrl=jdbc:postgresql://db.example:5432/\(settings.database)",
                "username=\(settings.role)",
                "maximumPoolSize=\(settings.size)",
                "minimumIdle=\(settings.minimum)",
                "idleTimeout=\(PoolPractice.idleTimeout * 1_000)",
                "connectionTimeout=\(PoolPractice.connectTimeout * 1_000)",
                "validationTimeout=\(PoolPractice.connectTimeout * 500)",
                "maxLifetime=\(PoolPractice.lifetime * 1_000)",
                "keepaliveTime=\(PoolPractice.keepAlive * 1_000)",
                "dataSource.connectTimeout=\(PoolPractice.connectTimeout)",
            ] + session
        return lines.joined(separator: "\n")
    }
}
