/// A backend of a server in the hands of a client of a pooler.
package struct PoolerLink: Sendable, Equatable {
    /// The backend's process id: `SHOW SERVERS`, `remote_pid`.
    package var backendPID: Int32
    /// The pooler's own end of the connection (`local_port`): the backend's `client_port`. Nil for a unix socket.
    package var poolerPort: Int32?
    /// What the client calls itself; empty before PgBouncer 1.18.
    package var clientApplication: String
    package var clientAddress: String
    package var clientUser: String

    package init(
        backendPID: Int32, poolerPort: Int32?, clientApplication: String, clientAddress: String, clientUser: String
    ) {
        self.backendPID = backendPID
        self.poolerPort = poolerPort
        self.clientApplication = clientApplication
        self.clientAddress = clientAddress
        self.clientUser = clientUser
    }
}

/// Which client of the watched poolers holds which backend of a server.
package struct PoolerLinks: Sendable, Equatable {
    private var byPID: [Int32: [PoolerLink]]

    package static let none = PoolerLinks([])

    package init(_ links: [PoolerLink]) {
        byPID = Dictionary(grouping: links, by: \.backendPID)
    }

    package var all: [PoolerLink] { byPID.values.flatMap(\.self) }

    /// The client behind the pooler that this backend serves now; nil when it serves none, or is no pooler's.
    ///
    /// Process ids repeat between the servers of a cluster, ports of one pooler do not: where both ends know the port
    /// it decides.
    package subscript(row: ActivityRow) -> PoolerLink? {
        byPID[row.pid]?.first { link in
            guard let theirs = link.poolerPort, let ours = row.clientPort, ours > 0 else { return true }
            return theirs == ours
        }
    }
}
