import ConnectionPool
import Observations
import Postgres

/// One session of the agent with a target, as the target's pool lends it to a read.
struct TargetSession: ~Copyable {
    /// How long a statement of an earlier read may stay unanswered before its session is given up. Until then the
    /// session is kept: on a full server it could not be had again.
    static let patience: Duration = .seconds(15)

    let session: PostgresSession
    /// Tells the sessions of a pool apart.
    let serial: Int
    let kind: TargetKind
    let version: String
    /// Something to tell the user that does not keep the target from being sampled.
    let warning: String?
    private let statementCanceller: StatementCanceller?

    init(_ opened: OpenedSession, serial: Int, kind: TargetKind) {
        session = opened.session
        version = opened.version
        warning = opened.warning
        self.serial = serial
        self.kind = kind
        // PgBouncer's console answers at once or not at all.
        statementCanceller = kind == .postgres ? opened.session.makeCanceller() : nil
    }
}

// @unchecked: the session belongs to the one task that has this value, which cannot be copied.
extension TargetSession: PooledConnection, @unchecked Sendable {
    var condition: ConnectionCondition {
        if session.hasPendingAnswer { return .needsReset }
        guard session.isStillOpen() else { return .unusable(.broken) }
        return switch session.transactionStatus {
        case .idle: .usable
        case .inTransaction, .inFailedTransaction: .unusable(.inTransaction)
        case .active: .unusable(.inDoubt)
        case .unknown: .unusable(.broken)
        }
    }

    var canceller: @Sendable () async -> Void {
        { [statementCanceller] in _ = await statementCanceller?.cancel(within: .seconds(1)) }
    }

    /// Gets rid of the answer that did not come in time.
    mutating func reset() async throws {
        try await session.finishPending(timeout: Self.patience)
    }

    mutating func keepAlive() async throws {
        let statement = kind == .postgres ? "SELECT 1" : "SHOW VERSION"
        _ = try await session.simpleQuery(statement, timeout: .seconds(5))
    }

    mutating func close() { session.close() }
}
