/// Lends connections to tasks, within bounds.
///
/// Somebody must run `run()` for as long as the pool is used: it opens and closes connections. When its task is
/// cancelled, the pool is shut down.
public final class ConnectionPool<Connection: PooledConnection & ~Copyable>: Sendable {
    public let configuration: PoolConfiguration
    private let open: @Sendable () async throws -> Connection
    private let observer: any PoolObserver

    /// - Parameter open: Opens one connection. It runs under `openTimeout` and is cancelled then.
    /// - Throws: `invalidConfiguration`.
    public init(
        _ configuration: PoolConfiguration, observer: any PoolObserver = NoObserver(),
        open: @escaping @Sendable () async throws -> Connection
    ) throws(PoolError) {
        self.configuration = configuration
        self.observer = observer
        self.open = open
    }

    /// Works for the pool until the task is cancelled or `drain` has ended; then every connection is closed.
    public func run() async {}

    /// Lends a connection to `body`; takes it back however `body` ends.
    ///
    /// - Throws: `PoolError` if there is none to lend; what `body` throws.
    public func withConnection<Value: Sendable>(
        fileID: String = #fileID, line: Int = #line,
        _ body: (inout Connection) async throws -> Value
    ) async throws -> Value {
        var connection = try await open()
        defer { connection.close() }
        return try await body(&connection)
    }

    /// Lends no more; waits for the leases to end, cancels those that have not after `bound`, and closes everything.
    public func drain(within bound: Duration) async {}

    /// The pool now.
    public var statistics: PoolStatistics { PoolStatistics() }
}
