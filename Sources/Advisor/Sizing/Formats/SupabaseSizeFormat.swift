import Practice

extension SizeFormat {
    /// For Supabase: `supabase/config.toml`, and which of its addresses is for what.
    static let supabase = SizeFormat("supabase") { report in
        let settings = PoolSettings(report)
        let mode = settings.isSessionMode ? "session" : "transaction"
        let lines =
            settings.header("#") + [
                "# A hosted project takes the pool size under Database Settings, Connection pooling.",
                "[db.pooler]",
                "enabled = true",
                "pool_mode = \"\(mode)\"",
                "default_pool_size = \(settings.size)",
                "max_client_conn = \(PoolPractice.Bouncer.clients)",
                "",
                "# Serverless functions and web applications: the transaction pooler, without prepared statements.",
                "#   DATABASE_URL=postgresql://postgres.PROJECT@REGION.pooler.supabase.com:6543/postgres",
                "# Migrations, batch jobs and LISTEN: the session pooler.",
                "#   DIRECT_URL=postgresql://postgres.PROJECT@REGION.pooler.supabase.com:5432/postgres",
                "# Serverless clients keep no auth session: autoRefreshToken and persistSession are false.",
                "# Time-outs belong to the role, in the SQL editor:",
                "#   ALTER ROLE authenticator SET statement_timeout = '\(PoolPractice.statementTimeout)s';",
                "#   ALTER ROLE authenticator SET idle_in_transaction_session_timeout = "
                    + "'\(PoolPractice.idleInTransactionTimeout)s';",
            ]
        return lines.joined(separator: "\n")
    }
}
