import Practice

extension SizeFormat {
    /// For psql: the role's time-outs and the most connections it may have.
    static let postgres = SizeFormat("postgres") { report in
        let settings = PoolSettings(report)
        let role = settings.role
        let reserve = settings.isBehindPooler || report.measurement?.origin == .pgbouncer ? settings.reserve : 0
        let limit = report.total + reserve * report.pools.count * report.request.poolers
        let lines =
            settings.header("--") + [
                "-- The role is “\(role)” here: write the one that the pools log in as.",
                "ALTER ROLE \(role) SET statement_timeout = '\(PoolPractice.statementTimeout)s';",
                "ALTER ROLE \(role) SET lock_timeout = '\(PoolPractice.lockTimeout)s';",
                "ALTER ROLE \(role) SET idle_in_transaction_session_timeout = "
                    + "'\(PoolPractice.idleInTransactionTimeout)s';",
                "-- A leak then fills this role's share and not the server's slots. Sessions of before keep their settings.",
                "ALTER ROLE \(role) CONNECTION LIMIT \(limit);",
            ]
        return (lines + slots(report, limit: limit)).joined(separator: "\n")
    }

    private static func slots(_ report: SizeReport, limit: Int) -> [String] {
        guard let slots = report.slots else {
            return ["-- max_connections is to be \(limit + SlotBudget.usualSpare) at least, beyond the reserved ones."]
        }
        guard limit > slots.forPools else { return [] }
        return [
            "-- The server has \(slots.usable) usable slots: too few for that. Raise max_connections, or use fewer pools."
        ]
    }
}
