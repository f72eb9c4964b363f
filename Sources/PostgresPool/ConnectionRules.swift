/// What a pool's configuration means for each of its connections.
struct ConnectionRules: Sendable {
    let mode: PoolMode
    /// Nil: connections are not reset.
    let resetQuery: String?
    /// For a reset or a keep-alive.
    let resetTimeout: Duration
    let keepAliveQuery: String
    let queryDeadline: Duration
    let rowLimit: Int
    /// Set once for the session.
    let sessionStatementTimeout: Duration?
    /// Set in each transaction that gives no other.
    let transactionStatementTimeout: Duration?

    init(_ configuration: PostgresPoolConfiguration, mode: PoolMode) {
        self.mode = mode
        let keepsState = mode != .transactionPooler
        resetQuery = configuration.resetQuery
        resetTimeout = configuration.pool.resetTimeout
        keepAliveQuery = configuration.keepAliveQuery ?? (mode == .direct ? "SELECT 1" : "")
        queryDeadline = configuration.queryDeadline
        rowLimit = configuration.rowLimit
        sessionStatementTimeout = keepsState ? configuration.statementTimeout : nil
        transactionStatementTimeout = keepsState ? nil : configuration.statementTimeout
    }
}
