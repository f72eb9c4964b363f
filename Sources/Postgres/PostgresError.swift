/// Why a connection string, a connection or a statement failed, in the words of the server or of libpq.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller can act upon; the states of a target are made from it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The connection string cannot be read, or libpq rejects a value in it.
        case invalidConnectionString
        /// Nobody listens there, the name is unknown, or whoever listens takes no such connection.
        case refused
        /// No answer before the deadline. After a statement, the session lives on with a pending answer, unless
        /// `isConnectionLost`.
        case timeout
        /// User, password, database or `pg_hba.conf`: the log-in named by the connection string is not accepted.
        case authenticationFailed
        case tlsFailed
        /// No slot free: in the server, for the role, for the database, or in the pooler.
        case tooManyConnections
        /// The server starts up, shuts down or recovers, and takes no session now.
        case startingUp
        /// Logged in, but not allowed to do this.
        case permissionDenied
        /// The session is lost.
        case disconnected
        /// The server rejected or cancelled a statement; the session is as good as before.
        case statementFailed
        /// The task was cancelled. `isConnectionLost` says whether what the session was doing is unfinished.
        case cancelled

        /// Whether the session is unusable after a statement that ended so.
        var losesSession: Bool {
            switch self {
            case .timeout, .permissionDenied, .statementFailed: false
            case .invalidConnectionString, .refused, .authenticationFailed, .tlsFailed, .tooManyConnections,
                .startingUp, .disconnected, .cancelled:
                true
            }
        }
    }

    public let kind: Kind
    /// As sent by the server; nil when libpq or Poolscope itself found the fault.
    public let sqlState: SQLState?
    /// One line of at most 1,000 characters, without secrets.
    public let message: String
    /// Which limit was full; nil for every kind but `tooManyConnections`.
    package let fullLimit: FullLimit?

    /// Whether the session that threw this is unusable.
    public let isConnectionLost: Bool

    /// - Parameters:
    ///   - message: Free of secrets; line breaks become spaces.
    ///   - isConnectionLost: When it is not what the kind says.
    package init(
        kind: Kind, sqlState: SQLState? = nil, message: String, fullLimit: FullLimit? = nil,
        isConnectionLost: Bool? = nil
    ) {
        self.kind = kind
        self.isConnectionLost = isConnectionLost ?? kind.losesSession
        self.sqlState = sqlState
        self.fullLimit = fullLimit
        self.message = message.onOneLine(limit: 1_000)
    }

    public var description: String {
        guard let sqlState else { return message }
        return "\(message) (SQLSTATE \(sqlState))"
    }
}

extension PostgresError {
    /// What became of a wait that did not end with what was waited for.
    init(_ failure: Poller.Failure, waitingFor purpose: String, within timeout: Duration) {
        switch failure {
        case .deadlinePassed:
            self.init(kind: .timeout, message: "\(purpose): no answer within \(timeout)")
        case .cancelled:
            self.init(kind: .cancelled, message: "\(purpose): cancelled")
        case .unwatchable(let reason):
            self.init(kind: .disconnected, message: "\(purpose): the socket cannot be watched: \(reason)")
        }
    }
}
