import ConnectionPool
import Locking
import Observations
import Postgres

/// One session of the agent with a target, as the target's pool lends it to a read.
struct TargetSession: ~Copyable {
    /// How long a statement of an earlier read may stay unanswered before its session is given up. Until then the
    /// session is kept: on a full server it could not be had again.
    static let patience: Duration = .seconds(15)

    let session: PostgresSession
    /// Tells the sessions of a pool apart.
    let serial: Int
    let kind: TargetKind
    let version: String
    /// Something to tell the user that does not keep the target from being sampled.
    let warning: String?
    /// Server processes of the pool's other sessions.
    var otherProcesses: [Int32] { roster.others(than: serial) }
    private let statementCanceller: StatementCanceller?
    private let roster: SessionRoster

    init(_ opened: OpenedSession, serial: Int, kind: TargetKind, roster: SessionRoster) {
        session = opened.session
        self.roster = roster
        // Behind a pooler the number is made up.
        if kind == .postgres, opened.warning == nil { roster.add(serial, process: session.backendPID) }
        version = opened.version
        warning = opened.warning
        self.serial = serial
        self.kind = kind
        // PgBouncer's console answers at once or not at all.
        statementCanceller = kind == .postgres ? opened.session.makeCanceller() : nil
    }
}

// @unchecked: the session belongs to the one task that has this value, which cannot be copied.
extension TargetSession: PooledConnection, @unchecked Sendable {
    var condition: ConnectionCondition {
        if session.hasPendingAnswer { return .needsReset }
        guard session.isStillOpen() else { return .unusable(.broken) }
        return switch session.transactionStatus {
        case .idle: .usable
        case .inTransaction, .inFailedTransaction: .unusable(.inTransaction)
        case .active: .unusable(.inDoubt)
        case .unknown: .unusable(.broken)
        }
    }

    var canceller: @Sendable () async -> Void {
        { [statementCanceller] in _ = await statementCanceller?.cancel(within: .seconds(1)) }
    }

    /// Gets rid of the answer that did not come in time.
    mutating func reset() async throws {
        try await session.finishPending(timeout: Self.patience)
    }

    mutating func keepAlive() async throws {
        let statement = kind == .postgres ? "SELECT 1" : "SHOW VERSION"
        _ = try await session.simpleQuery(statement, timeout: .seconds(5))
    }

    mutating func close() {
        roster.remove(serial)
        session.close()
    }
}

/// The server processes of a pool's sessions, so that a sample knows them all as the agent's own.
final class SessionRoster: Sendable {
    /// Guards the processes, by the serial of their session.
    private let processes = Guarded<[Int: Int32]>([:])

    func add(_ serial: Int, process: Int32) { processes.withLock { $0[serial] = process } }

    func remove(_ serial: Int) { processes.withLock { $0[serial] = nil } }

    /// Those of all sessions but one, ascending.
    func others(than serial: Int) -> [Int32] {
        processes.withLock { processes in processes.filter { $0.key != serial }.values.sorted() }
    }
}
