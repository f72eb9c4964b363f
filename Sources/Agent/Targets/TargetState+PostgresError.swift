import Observations
import Postgres

extension TargetState {
    /// The state that an error of connecting or reading puts a target into.
    init(_ error: PostgresError) {
        switch error.kind {
        case .refused: self = .refused
        case .timeout: self = .timeout
        case .authenticationFailed: self = .authFailed
        case .tlsFailed: self = .tlsFailed
        case .tooManyConnections: self = .tooManyConnections
        case .startingUp: self = .startingUp
        case .permissionDenied: self = .permissionDenied
        case .statementFailed: self = error.sqlState == .queryCanceled ? .timeout : .disconnected
        case .disconnected, .cancelled, .invalidConnectionString: self = .disconnected
        }
    }
}

extension Refusal {
    /// The limit that an error tells of; nil when it tells of none.
    /// - Parameter connection: Says which role and database asked, where the message does not.
    init?(_ error: PostgresError, connection: ConnectionString? = nil) {
        let user = connection?["user"] ?? ""
        let database = connection?["dbname"] ?? user
        switch error.fullLimit {
        case nil: return nil
        case .server: self = .server
        case .role(let name): self = .role(name ?? user)
        case .database(let name): self = .database(name ?? database)
        case .clientSlots: self = .clientSlots
        case .userClients: self = .userClients(user)
        case .databaseClients: self = .databaseClients(database)
        }
    }
}
