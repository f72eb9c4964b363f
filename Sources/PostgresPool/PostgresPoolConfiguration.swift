public import ConnectionPool
import Postgres

/// The knobs of a pool of connections to PostgreSQL. `validate` says what is wrong in one sentence; the pool takes only
/// what is valid.
public struct PostgresPoolConfiguration: Sendable, Equatable {
    /// How many connections, for how long, and who waits how long for one.
    public var pool: PoolConfiguration
    /// What stands between the pool and the server. Default nil: detected, see `PoolMode.init(detecting:)`.
    public var mode: PoolMode?
    /// What the server shows as `application_name`. Default nil: what the connection string or `PGAPPNAME` says, or else
    /// the pool's name.
    public var applicationName: String?
    /// `statement_timeout`: the server ends a statement that runs for so long. Set when a connection is opened; through
    /// a transaction pooler, where that does not hold, inside of each `withTransaction` and for no other statement.
    /// Default nil: what the role or the server says; at least 1 ms.
    public var statementTimeout: Duration?
    /// How long a statement may take before the client cancels it on the server, unless the call says otherwise.
    /// Default 30 s, at least 1 ms.
    public var queryDeadline: Duration = .seconds(30)
    /// Run on a connection that was used before it is lent again, such as `DISCARD ALL`. Default nil: nothing; not
    /// allowed through a transaction pooler, where there is nothing to reset.
    public var resetQuery: String?
    /// By which an unused connection is asked for a sign of life. Default nil: `SELECT 1`, and an empty query through
    /// poolers.
    public var keepAliveQuery: String?
    /// The rows that one statement may return; more are an error. Default 200,000, at least 1.
    public var rowLimit = PostgresSession.rowLimit

    public init(_ pool: PoolConfiguration) {
        self.pool = pool
    }

    /// A pool with this name, for metrics and messages, and all defaults.
    public init(name: String) {
        self.init(PoolConfiguration(name: name))
    }

    /// - Parameter mode: What the pool works in, given or detected.
    /// - Throws: `invalidConfiguration` with what is wrong with the knobs that are not those of `pool`.
    public func validate(for mode: PoolMode) throws(PoolError) {
        if let statementTimeout, !Self.timeouts.contains(statementTimeout) {
            throw invalid("statementTimeout is \(statementTimeout), but must be between 1 ms and 24 days")
        }
        if !Self.timeouts.contains(queryDeadline) {
            throw invalid("queryDeadline is \(queryDeadline), but must be between 1 ms and 24 days")
        }
        if rowLimit < 1 {
            throw invalid("rowLimit is \(rowLimit), but must be at least 1")
        }
        if let resetQuery {
            if mode == .transactionPooler {
                throw invalid(
                    "resetQuery is set, but through a transaction pooler a connection has no state to reset")
            }
            try check(resetQuery, "resetQuery")
        }
        if let keepAliveQuery { try check(keepAliveQuery, "keepAliveQuery") }
        if let applicationName { try check(applicationName, "applicationName") }
    }

    private static let timeouts: ClosedRange<Duration> = .milliseconds(1) ... .milliseconds(Int32.max)

    private func check(_ text: String, _ knob: String) throws(PoolError) {
        if text.utf8.contains(0) { throw invalid("\(knob) contains a NUL character") }
    }

    private func invalid(_ reason: String) -> PoolError {
        PoolError(code: .invalidConfiguration, message: "pool \(pool.name): \(reason)")
    }
}
