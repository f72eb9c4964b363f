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
