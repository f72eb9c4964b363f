public import ConnectionPool
public import Postgres

/// Lends connections to one PostgreSQL server, or to a pooler before it, within bounds.
///
/// Somebody must run `run()` for as long as the pool is used. A connection comes back outside of any transaction and
/// with no statement running, or it is closed.
public final class PostgresPool: Sendable {
    public let configuration: PostgresPoolConfiguration
    /// What stands between the pool and the server, given or detected.
    public let mode: PoolMode
    private let pool: ConnectionPool<PostgresConnection>

    /// Opens nothing yet.
    ///
    /// - Parameter observer: Hears of everything that happens; metrics and log lines are made from it.
    /// - Throws: `invalidConfiguration`.
    public init(
        _ server: ConnectionString, configuration: PostgresPoolConfiguration, observer: any PoolObserver = NoObserver()
    ) throws(PoolError) {
        let mode = configuration.mode ?? PoolMode(detecting: server)
        try configuration.validate(for: mode)
        self.configuration = configuration
        self.mode = mode
        let rules = ConnectionRules(configuration, mode: mode)
        var target = server.defaulting("fallback_application_name", to: configuration.pool.name)
        if let name = configuration.applicationName { target = target.setting("application_name", name) }
        // A little less than the pool allows, so that the reason is told by who knows it.
        let timeout = configuration.pool.openTimeout * 0.95
        pool = try ConnectionPool(configuration.pool, observer: observer) { [target] in
            try await PostgresConnection.open(target, rules, timeout: timeout)
        }
    }

    /// Works for the pool until the task is cancelled or `drain` has ended; then every connection is closed.
    public func run() async { await pool.run() }

    /// Lends a connection to `body`; takes it back however `body` ends.
    ///
    /// - Throws: `PoolError` if there is none to lend; what `body` throws.
    public func withConnection<Value: Sendable>(
        fileID: String = #fileID, line: Int = #line, _ body: (inout PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await pool.withConnection(fileID: fileID, line: line, body)
    }

    /// Lends a connection to `body` inside a transaction; see `PostgresConnection.withTransaction`.
    ///
    /// - Throws: `PoolError` if there is none to lend; what `body` throws; what keeps the transaction from being
    ///   committed.
    public func withTransaction<Value: Sendable>(
        _ options: TransactionOptions = .init(), fileID: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await pool.withConnection(fileID: fileID, line: line) { connection in
            try await connection.withTransaction(options, body)
        }
    }

    /// Lends no more; waits for the leases to end, cancels on the server what those run that have not, and closes
    /// everything.
    public func drain(within bound: Duration) async { await pool.drain(within: bound) }

    /// The pool now.
    public var statistics: PoolStatistics { pool.statistics }
}
