/// What a statement was answered with, complete.
struct Answer {
    /// The last one.
    var result: QueryResult?
    /// The first one.
    var failure: PostgresError?
}

extension PostgresSession {
    /// Sends what is still to be sent, and reads until the server is ready for the next statement.
    ///
    /// When it throws `.timeout` or `.cancelled`, the same again later goes on where this one stopped.
    func readAnswer(by deadline: Deadline) async throws(PostgresError) -> Answer {
        try await flush(by: deadline)
        while let result = try await nextResult(by: deadline) {
            switch result.outcome {
            case .rows:
                answer.result = result
            case .failed(let severity, let sqlState, let message):
                let failure = PostgresError.statement(
                    severity: severity, sqlState: sqlState, message: message, isConnected: !handle.isBad)
                if failure.isConnectionLost { throw lost(failure) }
                answer.failure = answer.failure ?? failure
            case .copyIn:
                answer.failure = answer.failure ?? Self.copyFailure
                guard handle.refuseCopy() else { throw failure() }
                try await flush(by: deadline)
            case .copyOut:
                answer.failure = answer.failure ?? Self.copyFailure
                try await discardCopiedData(by: deadline)
            case .outOfProtocol:
                throw lost(PostgresError(kind: .disconnected, message: "the server's answer is not understood"))
            }
        }
        if handle.isBad { throw failure() }
        hasPendingAnswer = false
        defer { answer = Answer() }
        return answer
    }

    /// The error that libpq holds; closes the session if libpq has given it up.
    func failure() -> PostgresError {
        let failure = PostgresError.statement(
            severity: nil, sqlState: nil, message: handle.errorMessage, isConnected: !handle.isBad)
        return failure.isConnectionLost ? lost(failure) : failure
    }

    private static let copyFailure = PostgresError(kind: .statementFailed, message: "COPY is not supported here")

    private func lost(_ error: PostgresError) -> PostgresError {
        close()
        return error
    }

    private func nextResult(by deadline: Deadline) async throws(PostgresError) -> QueryResult? {
        while handle.isBusy { try await read(by: deadline) }
        return handle.nextResult()
    }

    private func discardCopiedData(by deadline: Deadline) async throws(PostgresError) {
        while true {
            guard let isAtEnd = handle.discardCopiedData() else { throw failure() }
            if isAtEnd { return }
            try await read(by: deadline)
        }
    }

    private func read(by deadline: Deadline) async throws(PostgresError) {
        try await wait(.readable, by: deadline)
        guard handle.consumeInput() else { throw failure() }
    }

    /// Reads too while it sends: a server that cannot get rid of its output takes no input.
    private func flush(by deadline: Deadline) async throws(PostgresError) {
        while true {
            guard let isAllSent = handle.flush() else { throw failure() }
            if isAllSent { return }
            try await wait(.either, by: deadline)
            guard handle.consumeInput() else { throw failure() }
        }
    }

    private func wait(_ readiness: Poller.Readiness, by deadline: Deadline) async throws(PostgresError) {
        do throws(Poller.Failure) {
            // A socket that is always ready must not outrun the deadline.
            guard !deadline.hasPassed else { throw Poller.Failure.deadlinePassed }
            try await Poller.shared.wait(
                for: handle.socket, readiness, until: deadline.instant, isShielded: deadline.isShielded)
        } catch {
            throw PostgresError(error, waitingFor: "the statement", within: deadline.allowance)
        }
    }
}
