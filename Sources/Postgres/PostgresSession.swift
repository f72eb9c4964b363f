/// One session with a server or with PgBouncer's console, over non-blocking libpq.
///
/// Not Sendable: it belongs to the task that opened it, which awaits the end of one statement before it sends the next.
/// No call blocks a thread of the cooperative pool. After `.cancelled` the session is to be closed, unless
/// `finishPending` or `pendingResult` gets what was pending then.
package final class PostgresSession {
    /// The rows of one result that a statement may return unless told otherwise.
    package static let rowLimit = 200_000

    let handle: ConnectionHandle

    /// Whether a statement whose deadline passed is still running. The session is kept for its sake: on a server
    /// without a free slot there might be no second one.
    package internal(set) var hasPendingAnswer = false
    /// What has come of it.
    var answer = Answer()

    /// Whether `query(_:planKeptAs:)` may leave statements on the server. Never through a pooler, whose servers change
    /// from one statement to the next.
    package var keepsPlans = false
    var plans = KeptPlans()

    /// Takes over a connection that is made.
    init(owning handle: ConnectionHandle) {
        self.handle = handle
    }

    /// The server process, or PgBouncer's made-up number. Calls `PQbackendPID`.
    package var backendPID: Int32 { handle.backendPID }

    /// 150018 is 15.18. Calls `PQserverVersion`.
    package var serverVersion: Int { handle.serverVersion }

    /// Whether it is inside a transaction. Calls `PQtransactionStatus`.
    package var transactionStatus: TransactionStatus { handle.transactionStatus }

    /// What cancels its statements from any thread and task: to be taken once, when the session is made. Nil when it is
    /// closed. Calls `PQgetCancel`.
    package func makeCanceller() -> StatementCanceller? { handle.makeCanceller() }

    /// A setting that the server reported at start-up, such as "server_version". Calls `PQparameterStatus`.
    package func parameter(_ name: String) -> String? { handle.parameter(name) }

    /// The last notices, 16 at most, oldest first: old versions of PgBouncer answer `SHOW VERSION` with one.
    package var notices: [String] { handle.notices }

    /// Runs one statement in the extended protocol, unnamed. Calls `PQsendQueryParams`.
    ///
    /// A pending answer is waited for first, within the same time.
    ///
    /// - Parameters:
    ///   - parameters: For `$1`, `$2`…, in text form.
    ///   - format: Of all columns of the result.
    ///   - rowLimit: A result of more rows is an error. libpq holds a whole result before it can be counted, so what
    ///     bounds the memory meanwhile is the statement itself (`LIMIT`) and `timeout`.
    /// - Throws: `.timeout` at the deadline, and then `hasPendingAnswer`; any other error says by `isConnectionLost`
    ///   whether the session is still usable.
    package func query(
        _ sql: String, parameters: [String?] = [], timeout: Duration, format: ResultFormat = .binary,
        rowLimit: Int = PostgresSession.rowLimit
    ) async throws(PostgresError) -> QueryResult {
        try await perform(by: Deadline(after: timeout), rowLimit: rowLimit) {
            $0.send(sql, parameters: parameters, format: format)
        }
    }

    /// Runs statements in the simple protocol, with text results: the only protocol of PgBouncer's console.
    ///
    /// Of several statements the last result wins, and the first error is thrown. Otherwise like `query`. Calls
    /// `PQsendQuery`.
    ///
    /// - Parameter isShielded: Whether it goes on to its end in a cancelled task.
    package func simpleQuery(
        _ sql: String, timeout: Duration, rowLimit: Int = PostgresSession.rowLimit, isShielded: Bool = false
    ) async throws(PostgresError) -> QueryResult {
        try await perform(by: Deadline(after: timeout, isShielded: isShielded), rowLimit: rowLimit) {
            $0.sendSimple(sql)
        }
    }

    /// Waits for the answer of the statement that timed out, and discards it, error or not. No-op when nothing is
    /// pending.
    ///
    /// - Throws: `.timeout` if it still has not come; `.disconnected` if it never will.
    package func finishPending(timeout: Duration) async throws(PostgresError) {
        try await finishPending(by: Deadline(after: timeout))
    }

    /// Waits for the answer of the statement that timed out or was cancelled, and gives it: result or error. Deaf to the
    /// cancellation of the task.
    ///
    /// - Throws: `.timeout` if it still has not come; what the statement failed with; `.disconnected` if there is none.
    package func pendingResult(
        timeout: Duration, rowLimit: Int = PostgresSession.rowLimit
    ) async throws(PostgresError) -> QueryResult {
        guard hasPendingAnswer else {
            throw PostgresError(kind: .disconnected, message: "no statement is pending")
        }
        return try result(
            of: try await readAnswer(by: Deadline(after: timeout, isShielded: true)), rowLimit: rowLimit)
    }

    /// Whether it can run a statement, as far as is known without asking or waiting: reads what has come unasked, such
    /// as the end of the connection. Not to be called while a statement runs. Calls `PQconsumeInput`.
    package func isStillOpen() -> Bool {
        guard !handle.isFinished, handle.consumeInput() else { return false }
        // The server's last words may have come before the end: they are parsed, and the end is read.
        return !handle.isBusy && handle.consumeInput() && !handle.isBad
    }

    /// Ends the session politely, without waiting for anything. Idempotent; `deinit` does it too. Calls `PQfinish`.
    package func close() {
        handle.finish()
        hasPendingAnswer = false
        answer = Answer()
    }

    func perform(
        by deadline: Deadline, rowLimit: Int, _ send: (ConnectionHandle) -> Bool
    ) async throws(PostgresError) -> QueryResult {
        guard !handle.isFinished else {
            throw PostgresError(kind: .disconnected, message: "the session is closed")
        }
        try await finishPending(by: deadline)
        guard send(handle) else { throw failure() }
        hasPendingAnswer = true
        return try result(of: try await readAnswer(by: deadline), rowLimit: rowLimit)
    }

    private func result(of answer: Answer, rowLimit: Int) throws(PostgresError) -> QueryResult {
        if let failure = answer.failure { throw failure }
        guard let result = answer.result else { throw failure() }
        guard result.rowCount <= rowLimit else {
            throw PostgresError(
                kind: .statementFailed,
                message: "the statement returned \(result.rowCount) rows, more than the limit of \(rowLimit)")
        }
        return result
    }

    private func finishPending(by deadline: Deadline) async throws(PostgresError) {
        guard hasPendingAnswer else { return }
        _ = try await readAnswer(by: deadline)
    }
}

@available(*, unavailable)
extension PostgresSession: Sendable {}
