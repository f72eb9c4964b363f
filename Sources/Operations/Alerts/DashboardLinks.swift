extension DashboardLink {
    /// At the server and the database that the alert is about.
    private static let serverAndDatabase = [
        Variable("job", from: "job"), Variable("target", from: "target"), Variable("database", from: "datname"),
    ]

    private static let ofTarget = [Variable("job", from: "job"), Variable("target", from: "target")]

    static let slotsOfDatabase = DashboardLink("poolscope-slots", serverAndDatabase)

    static let slowQueries = DashboardLink("poolscope-slow-queries", serverAndDatabase)

    static let transactions = DashboardLink("poolscope-transactions", serverAndDatabase)

    /// For what concerns a whole server.
    static let transactionsOfServer = DashboardLink("poolscope-transactions", ofTarget)

    static let activity = DashboardLink("poolscope-activity", ofTarget)

    /// What Poolscope says of itself and of a target.
    static let poolscope = DashboardLink("poolscope-self", ofTarget)

    /// Where no target is known.
    static let poolscopeOfJob = DashboardLink("poolscope-self", [Variable("job", from: "job")])

    static let poolscopeOfAll = DashboardLink("poolscope-self", [])
}
