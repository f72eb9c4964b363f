import Practice

extension SizeFormat {
    /// For Python: SQLAlchemy 2 over psycopg 3.
    static let sqlalchemy = SizeFormat("sqlalchemy") { report in
        let settings = PoolSettings(report)
        let lines =
            settings.header("#") + [
                "import os",
                "",
                "from sqlalchemy import create_engine",
                "",
                "engine = create_engine(",
                "    os.environ.get(\"DATABASE_URL\", "
                    + "\"postgresql+psycopg://\(settings.role)@db.example/\(settings.database)\"),",
                "    pool_size=\(settings.size),",
                "    max_overflow=0,",
                "    pool_timeout=\(PoolPractice.connectTimeout),",
                "    # It closes no idle connections; this replaces old ones.",
                "    pool_recycle=\(PoolPractice.lifetime),",
                "    pool_pre_ping=True,",
                "    connect_args={",
                "        \"connect_timeout\": \(PoolPractice.connectTimeout),",
            ] + PythonSession.lines(settings, indent: "        ") + [
                "    },",
                ")",
            ]
        return lines.joined(separator: "\n")
    }
}
