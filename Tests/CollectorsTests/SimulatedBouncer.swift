import Observations
import TestSupport

@testable import Collectors

/// A PgBouncer in miniature, of one database and one pool, in steps of a millisecond: clients think, wait in a queue,
/// are served, wait again or leave; some give up. It knows the truth, and shows what PgBouncer would.
struct SimulatedBouncer {
    struct Settings: Sendable {
        var servers = 2
        var clients = 6
        /// Milliseconds, all of them.
        var service = 10...30
        var thinking = 0...10
        /// How long a client waits at most; nil for as long as it takes.
        var patience: ClosedRange<Int>?
        /// Whether a client leaves when it was served, and another comes in its place.
        var leaves = false
        var counts = WaitCountBasis.assignments
    }

    private struct Client {
        var id: UInt64
        var connectedAt: Int
        var state = State.thinking
        /// When the state ends; nil while it waits.
        var until: Int?
        var waitsSince = 0
        var queryStart: Int?
        var givesUpAt: Int?
    }

    private enum State { case thinking, waiting, active }

    let settings: Settings
    private(set) var now = 1_000_000
    private(set) var waits: [Double] = []
    private(set) var abandoned = 0
    private var random: SeededRandom
    private var clients: [Client] = []
    private var queue: [UInt64] = []
    private var nextID: UInt64 = 10
    private var transactions = 0.0
    var isPaused = false

    init(_ settings: Settings, seed: UInt64) {
        self.settings = settings
        random = SeededRandom(seed: seed)
        for _ in 0..<settings.clients { clients.append(newcomer()) }
    }

    var sum: Double { waits.reduce(0, +) }
    var waiting: Int { queue.count }

    mutating func run(milliseconds: Int) {
        for _ in 0..<milliseconds { step() }
    }

    private mutating func newcomer() -> Client {
        defer { nextID += 1 }
        return Client(
            id: nextID, connectedAt: now, until: now + Int.random(in: settings.thinking, using: &random))
    }

    private mutating func step() {
        now += 1
        for index in clients.indices {
            switch clients[index].state {
            case .thinking where clients[index].until! <= now: enqueue(index)
            case .active where clients[index].until! <= now:
                clients[index].state = .thinking
                clients[index].queryStart = nil
                clients[index].until = now + Int.random(in: settings.thinking, using: &random)
                if settings.leaves { clients[index] = newcomer() }
            case .waiting where clients[index].givesUpAt.map { $0 <= now } ?? false:
                abandoned += 1
                queue.removeAll { $0 == clients[index].id }
                clients[index] = newcomer()
            default: break
            }
        }
        var free = isPaused ? 0 : settings.servers - clients.count { $0.state == .active }
        while free > 0, !queue.isEmpty, let index = clients.firstIndex(where: { $0.id == queue[0] }) {
            queue.removeFirst()
            free -= 1
            waits.append(Double(now - clients[index].waitsSince) / 1_000)
            clients[index].state = .active
            clients[index].until = now + Int.random(in: settings.service, using: &random)
        }
    }

    private mutating func enqueue(_ index: Int) {
        clients[index].state = .waiting
        clients[index].until = nil
        clients[index].waitsSince = now
        clients[index].queryStart = now
        clients[index].givesUpAt = settings.patience.map { now + Int.random(in: $0, using: &random) }
        queue.append(clients[index].id)
        transactions += 1
    }

    /// `SHOW STATS_TOTALS`.
    var totals: [PgBouncerTotals] {
        var numbers = ["wait_time": (sum * 1_000_000).rounded(), "xact_count": transactions]
        if settings.counts == .assignments { numbers["server_assignment_count"] = Double(waits.count) }
        return [PgBouncerTotals(database: "app", numbers: numbers)]
    }

    /// `SHOW CLIENTS`.
    var rows: [PgBouncerClient] {
        func time(_ milliseconds: Int) -> PgBouncerTime { PgBouncerTime(localSeconds: Int64(milliseconds / 1_000)) }
        let console = PgBouncerClient(
            database: "pgbouncer", user: "poolscope", state: "active", connectedAt: time(1_000_000),
            requestedAt: time(now), wait: Double(now - 1_000_000) / 1_000, pointer: 1)
        return [console]
            + clients.map { client in
                PgBouncerClient(
                    database: "app", user: "web", state: client.state == .waiting ? "waiting" : "active",
                    connectedAt: time(client.connectedAt), requestedAt: time(client.queryStart ?? client.connectedAt),
                    wait: client.queryStart.map { Double(now - $0) / 1_000 } ?? 0, pointer: client.id)
            }
    }

    /// `SHOW POOLS`.
    var pools: [PgBouncerPool] {
        let mode = settings.counts == .unknown ? "session" : "transaction"
        return [PgBouncerPool(database: "app", user: "web", poolMode: mode, numbers: [:])]
    }
}
