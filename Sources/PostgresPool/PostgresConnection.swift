public import ConnectionPool
import Postgres

/// One session with a server, as a pool lends it.
public struct PostgresConnection: ~Copyable {
    /// How long a statement that was given up may take to end: the request to cancel it and its answer; also a rollback.
    static let settlingBound: Duration = .seconds(2)

    /// For the agent, which wants binary results, notices and its own way with deadlines: a statement that it leaves
    /// pending is awaited by `reset` before the connection is lent again.
    package let session: PostgresSession
    let statementCanceller: StatementCanceller
    let rules: ConnectionRules
    /// Whether a statement was given up and its end was not seen; the session is closed then.
    var isInDoubt = false
    /// Whether a lease ran a statement since the last reset.
    var hasBeenUsed = false

    /// - Parameter timeout: For all of it.
    static func open(
        _ server: ConnectionString, _ rules: ConnectionRules, timeout: Duration
    ) async throws(PostgresError) -> PostgresConnection {
        let session = try await PostgresSession.connect(server, timeout: timeout)
        guard let canceller = session.makeCanceller() else {
            throw PostgresError(kind: .disconnected, message: "no memory is left for a connection")
        }
        let connection = PostgresConnection(session: session, statementCanceller: canceller, rules: rules)
        try await connection.setUp(timeout: timeout)
        return connection
    }

    /// What is to hold for the whole session. Never by start-up parameters, which PgBouncer refuses.
    private func setUp(timeout: Duration) async throws(PostgresError) {
        guard let statementTimeout = rules.sessionStatementTimeout else { return }
        _ = try await session.simpleQuery("SET statement_timeout = \(statementTimeout.milliseconds)", timeout: timeout)
    }

    /// The server process, or a pooler's made-up number.
    public var backendPID: Int32 { session.backendPID }

    /// 150018 is 15.18.
    public var serverVersion: Int { session.serverVersion }

    /// Closes a session of which nobody knows what it does.
    mutating func fallIntoDoubt() {
        isInDoubt = true
        session.close()
    }
}

// @unchecked: the session belongs to the one task that has this value, which cannot be copied.
extension PostgresConnection: PooledConnection, @unchecked Sendable {
    /// Reads what the server may have sent unasked, without waiting: so a connection that the server ended while it was
    /// idle is not lent.
    public var condition: ConnectionCondition {
        if isInDoubt { return .unusable(.inDoubt) }
        if session.hasPendingAnswer { return .needsReset }
        guard session.isStillOpen() else { return .unusable(.broken) }
        return switch session.transactionStatus {
        case .idle: hasBeenUsed && rules.resetQuery != nil ? .needsReset : .usable
        case .inTransaction, .inFailedTransaction: .unusable(.inTransaction)
        case .active: .unusable(.inDoubt)
        case .unknown: .unusable(.broken)
        }
    }

    public var canceller: @Sendable () async -> Void {
        { [statementCanceller] in _ = await statementCanceller.cancel(within: Self.settlingBound) }
    }

    public mutating func reset() async throws {
        try await session.finishPending(timeout: rules.resetTimeout)
        guard let resetQuery = rules.resetQuery else { return }
        _ = try await session.simpleQuery(resetQuery, timeout: rules.resetTimeout)
        // A reset of all settings has reset this one too.
        try await setUp(timeout: rules.resetTimeout)
        hasBeenUsed = false
    }

    public mutating func keepAlive() async throws {
        _ = try await session.simpleQuery(rules.keepAliveQuery, timeout: rules.resetTimeout)
    }

    public mutating func close() { session.close() }
}
