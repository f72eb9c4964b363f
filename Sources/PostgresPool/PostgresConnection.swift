public import ConnectionPool
import Postgres

/// One session with a server, as a pool lends it.
public struct PostgresConnection: ~Copyable {
    let session: PostgresSession
}

// @unchecked: the session belongs to the one task that has this value, which cannot be copied.
extension PostgresConnection: PooledConnection, @unchecked Sendable {
    public var condition: ConnectionCondition { session.hasPendingAnswer ? .needsReset : .usable }
    public var canceller: @Sendable () async -> Void { {} }
    public mutating func reset() async throws { try await session.finishPending(timeout: .seconds(5)) }
    public mutating func keepAlive() async throws { _ = try await session.query("SELECT 1", timeout: .seconds(5)) }
    public mutating func close() { session.close() }
}
