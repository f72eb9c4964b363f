import Postgres

extension PostgresConnection {
    /// Runs `body` inside a transaction: commits when it returns, rolls back when it throws or the task was cancelled.
    ///
    /// The rollback runs in a cancelled task too, for up to 2 s, and never hides the error of `body`; if it fails, the
    /// connection is closed, by which the server rolls back. COMMIT is not cancelled: it runs to its end, or to the
    /// pool's `queryDeadline`.
    ///
    /// - Throws: What `body` throws; `CancellationError` when the task was cancelled before COMMIT; `PostgresError` when
    ///   the transaction could not begin, or the server refused to commit (and so rolled back); `TransactionError`.
    public mutating func withTransaction<Value: Sendable>(
        _ options: TransactionOptions = .init(), _ body: (inout PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await begin(options)
        let value: Value
        do {
            value = try await body(&self)
            try Task.checkCancellation()
        } catch {
            await rollBack()
            throw error
        }
        try await commit()
        return value
    }

    private mutating func begin(_ options: TransactionOptions) async throws {
        switch session.transactionStatus {
        case .inTransaction, .inFailedTransaction:
            throw TransactionError(
                .alreadyInTransaction, "the connection is inside of a transaction already; use SAVEPOINT in it")
        case .idle, .active, .unknown: break
        }
        do {
            try await simpleQuery(options.statements(fallback: rules.transactionStatementTimeout))
        } catch {
            await rollBack()
            throw error
        }
    }

    /// Leaves the connection outside of any transaction, or closed.
    private mutating func rollBack() async {
        switch session.transactionStatus {
        case .idle, .unknown: return
        case .active: fallIntoDoubt()
        case .inTransaction, .inFailedTransaction:
            _ = try? await session.simpleQuery("ROLLBACK", timeout: Self.settlingBound, isShielded: true)
            if session.hasPendingAnswer || session.transactionStatus != .idle { fallIntoDoubt() }
        }
    }

    private mutating func commit() async throws {
        // Lost before COMMIT is sent, it is certain that nothing is committed.
        guard session.isStillOpen() else {
            session.close()
            throw TransactionError(.rolledBack, "the transaction was rolled back: the connection was lost inside of it")
        }
        switch session.transactionStatus {
        case .inTransaction: break
        case .inFailedTransaction:
            await rollBack()
            throw TransactionError(.rolledBack, Self.swallowed)
        case .idle:
            throw TransactionError(
                .endedInBody, "the body ended the transaction by a statement of its own, which it must not do")
        case .active, .unknown:
            fallIntoDoubt()
            throw TransactionError(.rolledBack, "the transaction was rolled back: a statement in it did not end")
        }
        let result: QueryResult
        do {
            result = try await session.simpleQuery("COMMIT", timeout: rules.queryDeadline, isShielded: true)
        } catch {
            guard session.hasPendingAnswer || error.isConnectionLost else { throw error }
            fallIntoDoubt()
            throw TransactionError(
                .outcomeUnknown, "whether the transaction was committed is unknown", underlying: error)
        }
        guard result.commandTag == "COMMIT" else { throw TransactionError(.rolledBack, Self.swallowed) }
    }

    private static let swallowed =
        "the transaction was rolled back: a statement in it had failed, though its body reported no error"
}
