/// One row of `pg_stat_activity`.
package struct ActivityRow: Sendable, Equatable {
    package var pid: Int32
    package var backendStart: ServerTime?
    package var transactionStart: ServerTime?
    package var queryStart: ServerTime?
    package var stateChange: ServerTime?
    package var state: BackendState?
    package var database: String?
    package var user: String?
    package var applicationName: String
    /// `client backend`, `parallel worker`, `walsender`, …; nil before PostgreSQL 10 and where privileges hide it.
    package var backendType: String?
    package var waitEventType: String?
    package var waitEvent: String?
    /// The leader of a parallel group (PostgreSQL 13+).
    package var leaderPID: Int32?
    /// One of the agent's own sessions.
    package var isSelf: Bool
    /// The statement's id, as in pg_stat_statements (PostgreSQL 14+, where `compute_query_id` is on).
    package var queryID: Int64?
    /// The client's address; nil for a unix socket and for background processes.
    package var clientAddress: String?
    /// The client's TCP port; −1 for a unix socket.
    package var clientPort: Int32?
    /// The names on the server, where label rules have made others of `database` and `user`.
    private var serverNames: ServerNames?

    private struct ServerNames: Sendable, Equatable {
        var database: String?
        var user: String?
    }

    package init(
        pid: Int32, backendStart: ServerTime? = nil, transactionStart: ServerTime? = nil,
        queryStart: ServerTime? = nil, stateChange: ServerTime? = nil, state: BackendState? = nil,
        database: String? = nil, user: String? = nil, applicationName: String = "",
        backendType: String? = "client backend", waitEventType: String? = nil, waitEvent: String? = nil,
        leaderPID: Int32? = nil, isSelf: Bool = false, queryID: Int64? = nil, clientAddress: String? = nil,
        clientPort: Int32? = nil
    ) {
        self.pid = pid
        self.backendStart = backendStart
        self.transactionStart = transactionStart
        self.queryStart = queryStart
        self.stateChange = stateChange
        self.state = state
        self.database = database
        self.user = user
        self.applicationName = applicationName
        self.backendType = backendType
        self.waitEventType = waitEventType
        self.waitEvent = waitEvent
        self.leaderPID = leaderPID
        self.isSelf = isSelf
        self.queryID = queryID
        self.clientAddress = clientAddress
        self.clientPort = clientPort
    }

    /// Whether the row takes one of `max_connections`: only client backends do.
    ///
    /// Where privileges hide the type, a row with both a database and a role is taken for a client: workers that
    /// have a database (autovacuum) have no role, and walsenders have no database.
    package var isClientBackend: Bool {
        guard let backendType else { return database != nil && user != nil }
        return backendType == "client backend"
    }

    /// Whether our role lacks the privilege to see what this client does: state, times and waits are NULL.
    package var isHidden: Bool { isClientBackend && backendStart == nil }

    /// Whether it waits for a heavyweight lock: what `pg_blocking_pids` knows of.
    package var isWaitingForLock: Bool { waitEventType == "Lock" }

    package var isParallelWorker: Bool { backendType == "parallel worker" }
}

extension ActivityRow {
    /// The database's name on the server, whatever label rules made of it: for limits and thresholds, never for labels.
    package var serverDatabase: String? { serverNames?.database ?? database }
    /// The role's name on the server, whatever label rules made of it: for limits and thresholds, never for labels.
    package var serverUser: String? { serverNames?.user ?? user }

    /// Gives the database another name in labels.
    package mutating func rewriteDatabase(to name: String) {
        serverNames = ServerNames(database: serverDatabase, user: serverUser)
        database = name
    }

    /// Gives the role another name in labels.
    package mutating func rewriteUser(to name: String) {
        serverNames = ServerNames(database: serverDatabase, user: serverUser)
        user = name
    }
}

/// `pg_stat_activity.state`. What a newer server adds is kept under its own name.
package enum BackendState: Sendable, Hashable {
    case active, idle, idleInTransaction, idleInTransactionAborted, fastpath, disabled, starting
    case other(String)

    package init(_ name: String) {
        switch name {
        case "active": self = .active
        case "idle": self = .idle
        case "idle in transaction": self = .idleInTransaction
        case "idle in transaction (aborted)": self = .idleInTransactionAborted
        case "fastpath function call": self = .fastpath
        case "disabled": self = .disabled
        case "starting": self = .starting
        default: self = .other(name)
        }
    }

    /// The server's own word.
    package var name: String {
        switch self {
        case .active: "active"
        case .idle: "idle"
        case .idleInTransaction: "idle in transaction"
        case .idleInTransactionAborted: "idle in transaction (aborted)"
        case .fastpath: "fastpath function call"
        case .disabled: "disabled"
        case .starting: "starting"
        case .other(let name): name
        }
    }

    /// A statement is running.
    package var isRunning: Bool {
        switch self {
        case .active, .fastpath: true
        case .idle, .idleInTransaction, .idleInTransactionAborted, .disabled, .starting, .other: false
        }
    }

    package var isIdleInTransaction: Bool {
        switch self {
        case .idleInTransaction, .idleInTransactionAborted: true
        case .active, .idle, .fastpath, .disabled, .starting, .other: false
        }
    }

    /// No statement is running, and the row shows the last one that ran.
    package var showsLastStatement: Bool { self == .idle || isIdleInTransaction }
}

/// One read of `pg_stat_activity`, at one server-side time.
package struct ActivitySample: Sendable, Equatable {
    package var sampledAt: ServerTime
    package var rows: [ActivityRow]

    package init(sampledAt: ServerTime, rows: [ActivityRow]) {
        self.sampledAt = sampledAt
        self.rows = rows
    }
}
