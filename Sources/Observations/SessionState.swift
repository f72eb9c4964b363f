/// A server process that keeps state beyond a transaction, as another session can see it. Never a statement's text.
package struct SessionState: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// An advisory lock of the session.
        case advisoryLock = "advisory_lock"
        case cursor
        case listen
        /// `PREPARE` as a statement; what clients prepare by the protocol is not seen.
        case prepare
        case set
        case temporaryTable = "temporary_table"

        /// What it is called in statements.
        package var title: String {
            switch self {
            case .advisoryLock: "advisory locks of the session"
            case .cursor: "cursors WITH HOLD"
            case .listen: "LISTEN"
            case .prepare: "PREPARE"
            case .set: "SET"
            case .temporaryTable: "temporary tables"
            }
        }
    }

    package var pid: Int32
    /// The client's end of the connection, -1 for a unix socket.
    package var clientPort: Int32?
    package var database: String
    package var user: String
    package var application: String
    package var kind: Kind

    package init(
        pid: Int32, clientPort: Int32?, database: String, user: String, application: String, kind: Kind
    ) {
        self.pid = pid
        self.clientPort = clientPort
        self.database = database
        self.user = user
        self.application = application
        self.kind = kind
    }
}
