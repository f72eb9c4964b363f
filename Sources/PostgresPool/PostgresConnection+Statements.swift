public import Postgres

extension PostgresConnection {
    /// Runs one statement, unnamed, in the extended protocol; the values of the result are text.
    ///
    /// At the deadline, or when the task is cancelled, the statement is cancelled on the server and its end awaited for
    /// up to 2 s; then the connection is as usable as before, or else it is closed. When the statement turns out to have
    /// ended all the same, its result is returned, or its own error thrown.
    ///
    /// - Parameters:
    ///   - parameters: For `$1`, `$2`…, in text form; nil is NULL.
    ///   - timeout: Nil: the pool's `queryDeadline`.
    /// - Throws: `.timeout` or `.cancelled` when it was given up, else what the server says. `isConnectionLost` says
    ///   whether the connection can run another statement.
    @discardableResult
    public mutating func query(
        _ sql: String, _ parameters: [String?] = [], timeout: Duration? = nil
    ) async throws(PostgresError) -> QueryResult {
        try await run(sql) { [rules] session throws(PostgresError) in
            try await session.query(
                sql, parameters: parameters, timeout: timeout ?? rules.queryDeadline, format: .text,
                rowLimit: rules.rowLimit)
        }
    }

    /// Runs one or several statements, without parameters, in the simple protocol: of several the last result wins, and
    /// the first error ends them. Otherwise like `query`.
    @discardableResult
    public mutating func simpleQuery(
        _ sql: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> QueryResult {
        try await run(sql) { [rules] session throws(PostgresError) in
            try await session.simpleQuery(sql, timeout: timeout ?? rules.queryDeadline, rowLimit: rules.rowLimit)
        }
    }

    private mutating func run(
        _ sql: String, _ send: (PostgresSession) async throws(PostgresError) -> QueryResult
    ) async throws(PostgresError) -> QueryResult {
        if isInDoubt {
            throw PostgresError(
                kind: .disconnected, message: "the connection was closed, because a statement on it did not end")
        }
        if rules.mode == .transactionPooler, let refusal = SessionStateGuard.refusal(of: sql) {
            throw PostgresError(kind: .statementFailed, message: refusal)
        }
        if Task.isCancelled {
            throw PostgresError(
                kind: .cancelled, message: "the statement: cancelled before it was sent", isConnectionLost: false)
        }
        hasBeenUsed = true
        do {
            return try await send(session)
        } catch {
            guard session.hasPendingAnswer else { throw error }
            return try await settle(after: error)
        }
    }

    /// Ends a statement that was given up.
    ///
    /// The answer is read only after the server has passed the request to cancel on, so that a late one cannot hit the
    /// next statement. One that comes before the statement has begun does nothing, so the request is repeated.
    ///
    /// - Parameter interruption: Why it was given up; thrown unless the statement ended by itself.
    private mutating func settle(after interruption: PostgresError) async throws(PostgresError) -> QueryResult {
        let end = ContinuousClock.now + Self.settlingBound
        var patience: Duration = .milliseconds(100)
        while interruption.kind == .timeout || interruption.kind == .cancelled, ContinuousClock.now < end {
            if await statementCanceller.cancel(within: end - .now) == .unanswered { break }
            do {
                return try await session.pendingResult(timeout: min(patience, end - .now), rowLimit: rules.rowLimit)
            } catch {
                guard session.hasPendingAnswer else { throw outcome(of: interruption, endedBy: error) }
                guard error.kind == .timeout else { break }
                patience *= 2
            }
        }
        fallIntoDoubt()
        throw interruption.losingConnection(because: "the statement did not end when it was cancelled on the server")
    }

    /// The error for a statement that was given up and then answered with an error.
    private func outcome(of interruption: PostgresError, endedBy error: PostgresError) -> PostgresError {
        if error.sqlState == .queryCanceled, !error.isConnectionLost {
            return PostgresError(
                kind: interruption.kind, sqlState: .queryCanceled,
                message: "\(interruption.message); cancelled on the server", isConnectionLost: false)
        }
        return error.isConnectionLost ? interruption.losingConnection(because: error.message) : error
    }
}

extension PostgresError {
    fileprivate func losingConnection(because reason: String) -> PostgresError {
        PostgresError(kind: kind, message: "\(message); the connection is closed: \(reason)", isConnectionLost: true)
    }
}
