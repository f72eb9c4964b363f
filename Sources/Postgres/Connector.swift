extension PostgresSession {
    /// Opens a session.
    ///
    /// - Parameter timeout: For all of it, whatever the number of hosts; `connect_timeout` (connection string,
    ///   environment or service file) counts if it is shorter.
    /// - Throws: At the deadline `.timeout`, even if a call hangs in the resolver: what it has opened is closed when it
    ///   returns.
    package static func connect(
        _ target: ConnectionString, timeout: Duration
    ) async throws(PostgresError) -> sending PostgresSession {
        var connector = Connector(target: target, deadline: Deadline(after: timeout).limited(to: target.connectTimeout))
        return PostgresSession(owning: try await connector.connect())
    }
}

/// The way from a connection string to a connection.
///
/// libpq resolves names and reads files while it connects, so its calls run in `BlockingCalls`; what waits for the
/// socket waits in the `Poller`.
private struct Connector {
    let target: ConnectionString
    var deadline: Deadline

    mutating func connect() async throws(PostgresError) -> ConnectionHandle {
        let target = target
        let handle = try await call { ConnectionHandle(connectingTo: target) }
        deadline = deadline.limited(to: handle.connectTimeout)
        var progress: ConnectionHandle.Progress = handle.isBad ? .failed : .wants(.writable)
        while true {
            switch progress {
            case .wants(let readiness):
                try await wait(for: handle.socket, readiness)
                progress = try await call { handle.advance() }
            case .connected:
                guard handle.setNonBlocking() else { throw failure(of: handle) }
                return handle
            case .failed:
                throw failure(of: handle)
            }
        }
    }

    private func call<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(PostgresError) -> Value {
        do {
            return try await BlockingCalls.shared.run(until: deadline.instant, body)
        } catch {
            throw interrupted(by: error)
        }
    }

    private func wait(for socket: Int32, _ readiness: Poller.Readiness) async throws(PostgresError) {
        do {
            try await Poller.shared.wait(for: socket, readiness, until: deadline.instant)
        } catch {
            throw interrupted(by: error)
        }
    }

    private func failure(of handle: ConnectionHandle) -> PostgresError {
        .connecting(handle.errorMessage, secrets: target.secrets)
    }

    private func interrupted(by failure: Poller.Failure) -> PostgresError {
        let place = target.description.isEmpty ? "the default server" : target.description.scrubbed(of: target.secrets)
        return PostgresError(failure, waitingFor: "connecting to \(place)", within: deadline.allowance)
    }
}
