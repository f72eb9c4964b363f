/// One row of `pg_stat_activity`.
package struct ActivityRow: Sendable, Equatable {
    package var pid: Int32
    /// Whose it is and what it does.
    package var traits: BackendTraits
    package var backendStart: ServerTime?
    package var transactionStart: ServerTime?
    package var queryStart: ServerTime?
    package var stateChange: ServerTime?
    /// The leader of a parallel group (PostgreSQL 13+).
    package var leaderPID: Int32?
    /// The statement's id, as in pg_stat_statements (PostgreSQL 14+, where `compute_query_id` is on).
    package var queryID: Int64?
    /// The client's address; nil for a unix socket and for background processes.
    package var clientAddress: String?
    /// The client's TCP port; −1 for a unix socket.
    package var clientPort: Int32?
    /// The application's name on the server, where label rules have made another of it.
    package internal(set) var originalApplication: String?

    package init(pid: Int32, traits: BackendTraits) {
        self.pid = pid
        self.traits = traits
    }

    package init(
        pid: Int32, backendStart: ServerTime? = nil, transactionStart: ServerTime? = nil,
        queryStart: ServerTime? = nil, stateChange: ServerTime? = nil, state: BackendState? = nil,
        database: String? = nil, user: String? = nil, applicationName: String = "",
        backendType: String? = "client backend", waitEventType: String? = nil, waitEvent: String? = nil,
        leaderPID: Int32? = nil, isSelf: Bool = false, queryID: Int64? = nil, clientAddress: String? = nil,
        clientPort: Int32? = nil
    ) {
        var values = BackendTraits.Values()
        values.state = state
        values.database = database
        values.user = user
        values.applicationName = applicationName
        values.backendType = backendType
        values.waitEventType = waitEventType
        values.waitEvent = waitEvent
        values.isSelf = isSelf
        self.init(pid: pid, traits: BackendTraits(values))
        self.backendStart = backendStart
        self.transactionStart = transactionStart
        self.queryStart = queryStart
        self.stateChange = stateChange
        self.leaderPID = leaderPID
        self.queryID = queryID
        self.clientAddress = clientAddress
        self.clientPort = clientPort
    }

    /// Whether our role lacks the privilege to see what this client does: state, times and waits are NULL.
    package var isHidden: Bool { isClientBackend && backendStart == nil }
}

extension ActivityRow {
    package var state: BackendState? {
        get { traits.state }
        set { change { $0.state = newValue } }
    }
    package var database: String? {
        get { traits.database }
        set { change { $0.database = newValue } }
    }
    package var user: String? {
        get { traits.user }
        set { change { $0.user = newValue } }
    }
    package var applicationName: String {
        get { traits.applicationName }
        set { change { $0.applicationName = newValue } }
    }
    /// `client backend`, `parallel worker`, `walsender`, …; nil before PostgreSQL 10 and where privileges hide it.
    package var backendType: String? {
        get { traits.backendType }
        set { change { $0.backendType = newValue } }
    }
    package var waitEventType: String? {
        get { traits.waitEventType }
        set { change { $0.waitEventType = newValue } }
    }
    package var waitEvent: String? {
        get { traits.waitEvent }
        set { change { $0.waitEvent = newValue } }
    }
    /// One of the agent's own sessions.
    package var isSelf: Bool {
        get { traits.isSelf }
        set { change { $0.isSelf = newValue } }
    }
    package var isClientBackend: Bool { traits.isClientBackend }
    package var isWaitingForLock: Bool { traits.isWaitingForLock }
    package var isParallelWorker: Bool { traits.isParallelWorker }
    package var serverDatabase: String? { traits.serverDatabase }
    package var serverUser: String? { traits.serverUser }
    package var serverApplication: String { originalApplication ?? applicationName }

    /// The same row with the names that the server has, whatever label rules made of them: for what acts on sessions.
    package var withServerNames: ActivityRow {
        guard serverUser != user || serverDatabase != database || originalApplication != nil else { return self }
        var row = self
        row.change {
            ($0.user, $0.database, $0.applicationName) = (serverUser, serverDatabase, serverApplication)
            $0.serverNames = nil
        }
        row.originalApplication = nil
        return row
    }

    /// Gives the row traits of its own.
    private mutating func change(_ change: (inout BackendTraits.Values) -> Void) {
        var values = traits.values
        change(&values)
        traits = BackendTraits(values)
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
