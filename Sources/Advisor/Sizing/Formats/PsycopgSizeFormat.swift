import Practice

extension SizeFormat {
    /// For Python: psycopg 3's pool.
    static let psycopg = SizeFormat("psycopg") { report in
        let settings = PoolSettings(report)
        let lines =
            settings.header("#") + [
                "import os",
                "",
                "from psycopg_pool import ConnectionPool",
                "",
                "pool = ConnectionPool(",
                "    os.environ.get(\"DATABASE_URL\", \"host=db.example dbname=\(settings.database) user=\(settings.role)\"),",
                "    min_size=\(settings.minimum),",
                "    max_size=\(settings.size),",
                "    timeout=\(PoolPractice.connectTimeout),",
                "    max_idle=\(PoolPractice.idleTimeout),",
                "    max_lifetime=\(PoolPractice.lifetime),",
                "    check=ConnectionPool.check_connection,  # psycopg_pool 3.2 or newer",
                "    kwargs={",
                "        \"connect_timeout\": \(PoolPractice.connectTimeout),",
            ] + PythonSession.lines(settings, indent: "        ") + [
                "    },",
                "    open=False,",
                ")",
                "# When the service starts: pool.open(); for each piece of work: with pool.connection() as connection",
            ]
        return lines.joined(separator: "\n")
    }
}

/// What psycopg is told of each session, as lines of a dictionary.
enum PythonSession {
    static func lines(_ settings: PoolSettings, indent: String) -> [String] {
        guard settings.isBehindPooler else {
            let options = [
                "-c statement_timeout=\(PoolPractice.statementTimeout)s",
                "-c lock_timeout=\(PoolPractice.lockTimeout)s",
                "-c idle_in_transaction_session_timeout=\(PoolPractice.idleInTransactionTimeout)s",
            ]
            return ["\(indent)\"options\": \"\(options.joined(separator: " "))\","]
        }
        // PgBouncer prepares no statements before 1.21, and turns away a client that sends options.
        return [
            "\(indent)\"prepare_threshold\": None,",
            "\(indent)# Time-outs of statements belong to the role here: poolscope size --format postgres",
        ]
    }
}
