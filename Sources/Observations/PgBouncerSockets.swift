/// One row of PgBouncer's `SHOW CLIENTS`.
package struct PgBouncerClient: Sendable, Equatable {
    package var database: String
    /// Who logged in; the pool's user is another one where the database has a forced user.
    package var user: String
    /// Empty before 1.18.
    package var application: String
    package var address: String
    /// `active`, `waiting`, … as PgBouncer says it; `idle` is told from `active` since 1.25.
    package var state: String
    package var connectedAt: PgBouncerTime?
    /// When its latest packet came.
    package var requestedAt: PgBouncerTime?
    /// Seconds since its current query came in, microseconds included; 0 when it has none. For a waiting client this
    /// is how long it has waited, unless it waits to be logged in: that has no query, and shows 0.
    package var wait: Double
    /// PgBouncer's address of it: unique while it is connected, used again afterwards.
    package var pointer: UInt64
    /// The pointer of the server connection that it holds.
    package var link: UInt64?
    /// Never used again; since 1.24.
    package var id: UInt64?
    /// How many statements it has prepared; since 1.21.
    package var preparedStatements: Int64?
    /// Whether its connection is encrypted; nil where PgBouncer does not say.
    package var usesTLS: Bool?

    package init(
        database: String, user: String, application: String = "", address: String = "", state: String,
        connectedAt: PgBouncerTime? = nil, requestedAt: PgBouncerTime? = nil, wait: Double = 0, pointer: UInt64,
        link: UInt64? = nil, id: UInt64? = nil, preparedStatements: Int64? = nil, usesTLS: Bool? = nil
    ) {
        self.database = database
        self.user = user
        self.application = application
        self.address = address
        self.state = state
        self.connectedAt = connectedAt
        self.requestedAt = requestedAt
        self.wait = wait
        self.pointer = pointer
        self.link = link
        self.id = id
        self.preparedStatements = preparedStatements
        self.usesTLS = usesTLS
    }

    package var isWaiting: Bool { state == "waiting" }
    /// A session of the admin console, ours among them.
    package var isConsole: Bool { database == "pgbouncer" }
}

/// One row of PgBouncer's `SHOW SERVERS`: a connection to a server.
package struct PgBouncerServer: Sendable, Equatable {
    package var database: String
    package var user: String
    package var state: String
    /// The server's address; `unix` for a socket.
    package var address: String
    /// PgBouncer's own end of the connection; over a unix socket it is not the connection's.
    package var localPort: Int32?
    package var connectedAt: PgBouncerTime?
    /// When the server's latest packet came.
    package var requestedAt: PgBouncerTime?
    /// It is closed as soon as it is free, after RECONNECT or a change of the configuration; since 1.9.
    package var closeNeeded: Bool?
    package var pointer: UInt64
    /// The pointer of the client that holds it.
    package var link: UInt64?
    /// The backend's process id, 0 before it has said so.
    package var remotePID: Int32
    /// Whether the connection is encrypted; nil where PgBouncer does not say.
    package var usesTLS: Bool?

    package init(
        database: String, user: String, state: String, address: String = "", localPort: Int32? = nil,
        connectedAt: PgBouncerTime? = nil, requestedAt: PgBouncerTime? = nil, closeNeeded: Bool? = nil,
        pointer: UInt64, link: UInt64? = nil, remotePID: Int32 = 0, usesTLS: Bool? = nil
    ) {
        self.database = database
        self.user = user
        self.state = state
        self.address = address
        self.localPort = localPort
        self.connectedAt = connectedAt
        self.requestedAt = requestedAt
        self.closeNeeded = closeNeeded
        self.pointer = pointer
        self.link = link
        self.remotePID = remotePID
        self.usesTLS = usesTLS
    }

    package var isUnixSocket: Bool { address.hasPrefix("unix") }
}
