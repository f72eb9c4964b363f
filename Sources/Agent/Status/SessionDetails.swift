import Collectors
import Observations

/// The sessions of one server that a person should look at: those that block others, wait for a lock, run a statement
/// or hold a transaction. Pure, and bounded. Never a query text.
struct SessionDetails: Sendable, Equatable {
    /// Sessions of one target at most.
    static let limit = 20
    /// Blockers that are told of each.
    static let blockerLimit = 10

    /// One of them, as it stands in the JSON, too.
    struct Session: Sendable, Equatable, Encodable {
        let target: String
        let pid: Int32
        let user: String
        let database: String
        let application: String
        /// The server's word.
        let state: String
        /// Seconds that it has been at what it is at: its statement's age while one runs, else since its last one ended.
        let stateSeconds: Double
        /// Seconds since its transaction began; nil when it has none.
        let transactionSeconds: Double?
        let waitEventType: String?
        let waitEvent: String?
        /// Those that keep it waiting for a lock; 0 is a prepared transaction.
        let blockedBy: [Int32]
        /// How many sessions wait for it directly.
        let blocks: Int
        /// An address, or `unix`; of the client behind a watched pooler where that is known.
        let clientAddress: String
        /// What the client behind a watched pooler calls itself.
        let clientApplication: String?

        /// Whether one should look at it before another.
        fileprivate func precedes(_ other: Session) -> Bool {
            func key(_ session: Session) -> (Int, Int, Double, Int32) {
                let age = max(session.transactionSeconds ?? 0, session.stateSeconds)
                return (-session.blocks, session.blockedBy.isEmpty ? 1 : 0, -age, session.pid)
            }
            return key(self) < key(other)
        }
    }

    /// Those that others wait for first, then those that wait, then the oldest.
    private(set) var sessions: [Session] = []
    /// How many more there were.
    private(set) var omitted = 0

    static let none = SessionDetails()

    private init() {}

    /// What was read last of a server; nothing where it was not read.
    init(_ facts: Facts, target: String) {
        guard let sample = facts[ActivitySource.self] else {
            self.init()
            return
        }
        self.init(sample, of: target, waits: facts[BlockingSource.self] ?? [], links: facts.poolerLinks)
    }

    /// - Parameter waits: Of the same tick as the sample.
    init(_ sample: ActivitySample, of target: String, waits: [LockWait], links: PoolerLinks) {
        let blockers = Self.blockers(sample, waits)
        var blocked: [Int32: Int] = [:]
        for pid in blockers.values.lazy.flatMap(\.self) { blocked[pid, default: 0] += 1 }
        let all = sample.rows.filter { row in
            guard row.isClientBackend, !row.isSelf, let state = row.state else { return false }
            return state.isRunning || row.transactionStart != nil || blocked[row.pid] != nil
        }.map { row in
            Self.session(
                row, of: target, at: sample.sampledAt, blockedBy: blockers[row.pid] ?? [],
                blocks: blocked[row.pid] ?? 0, link: links[row])
        }
        sessions = all.sorted { $0.precedes($1) }.prefix(Self.limit).map(\.self)
        omitted = all.count - sessions.count
    }

    /// Who waits for whom; a parallel worker waits for its leader.
    private static func blockers(_ sample: ActivitySample, _ waits: [LockWait]) -> [Int32: [Int32]] {
        guard !waits.isEmpty else { return [:] }
        let leaders = Dictionary(
            sample.rows.compactMap { row in row.isParallelWorker ? row.leaderPID.map { (row.pid, $0) } : nil }
        ) { first, _ in first }
        var blockers: [Int32: Set<Int32>] = [:]
        for wait in waits where !wait.blockers.isEmpty {
            blockers[leaders[wait.pid] ?? wait.pid, default: []].formUnion(wait.blockers)
        }
        return blockers.mapValues { $0.sorted() }
    }

    private static func session(
        _ row: ActivityRow, of target: String, at time: ServerTime, blockedBy: [Int32], blocks: Int, link: PoolerLink?
    ) -> Session {
        let since = row.state?.isRunning == true ? row.queryStart : row.stateChange
        let client = link?.clientApplication ?? ""
        return Session(
            target: target, pid: row.pid, user: row.user ?? "", database: row.database ?? "",
            application: row.applicationName, state: row.state?.name ?? "",
            stateSeconds: (since ?? row.backendStart).map { time.seconds(since: $0) } ?? 0,
            transactionSeconds: row.transactionStart.map { time.seconds(since: $0) },
            waitEventType: row.waitEventType, waitEvent: row.waitEvent,
            blockedBy: Array(blockedBy.prefix(blockerLimit)), blocks: blocks,
            clientAddress: link?.clientAddress ?? row.clientAddress ?? "unix",
            clientApplication: client.isEmpty ? nil : client)
    }
}
