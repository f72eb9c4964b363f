import ConnectionPool
import Locking
import Testing

/// The other side of fake connections: counts what is open and does what a test tells it to.
final class FakeServer: Sendable {
    struct State: Sendable {
        var opened = 0
        var closed = 0
        var canceled = 0
        var resets = 0
        var keepAlives = 0
        var attempts = 0
        var mostOpen = 0
        var mostOpening = 0
        var opening = 0
        /// What opening does: takes so long, and fails with this.
        var openDelay: Duration?
        var openFailure: (any Error)?
        var resetFailure: (any Error)?
        var keepAliveFailure: (any Error)?
        var open: Int { opened - closed }
    }

    let state = Guarded(State())

    var now: State { state.withLock { $0 } }

    func set(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }

    func connect() async throws -> FakeConnection {
        let (delay, failure) = state.withLock { state in
            state.attempts += 1
            state.opening += 1
            state.mostOpening = max(state.mostOpening, state.opening)
            return (state.openDelay, state.openFailure)
        }
        defer { state.withLock { $0.opening -= 1 } }
        if let delay { try await Task.sleep(for: delay) }
        if let failure { throw failure }
        let number = state.withLock { state in
            state.opened += 1
            state.mostOpen = max(state.mostOpen, state.open)
            return state.opened
        }
        return FakeConnection(server: self, number: number)
    }
}

/// What a fake connection tells a body that it cancels.
final class FakeCancellation: Sendable {
    let isCancelled = Guarded(false)
}

struct FakeConnection: PooledConnection, ~Copyable {
    let server: FakeServer
    let number: Int
    let cancellation = FakeCancellation()
    /// A test sets it; `reset` makes it usable.
    var condition = ConnectionCondition.usable
    private var isOpen = true

    init(server: FakeServer, number: Int) {
        self.server = server
        self.number = number
    }

    var canceller: @Sendable () async -> Void {
        let (server, cancellation) = (server, cancellation)
        return {
            server.set { $0.canceled += 1 }
            cancellation.isCancelled.withLock { $0 = true }
        }
    }

    mutating func reset() async throws {
        server.set { $0.resets += 1 }
        if let failure = server.now.resetFailure { throw failure }
        await Task.yield()
        condition = .usable
    }

    mutating func keepAlive() async throws {
        server.set { $0.keepAlives += 1 }
        if let failure = server.now.keepAliveFailure { throw failure }
        await Task.yield()
    }

    mutating func close() {
        guard isOpen else { return }
        isOpen = false
        server.set { $0.closed += 1 }
    }
}

struct FakeError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String = "refused") { self.description = description }
}

/// Counts all that a pool reports.
final class CountingObserver: PoolObserver {
    struct Counts: Sendable {
        var opened = 0
        var openFailed = 0
        var closed: [CloseReason: Int] = [:]
        var acquired = 0
        var acquireFailed: [PoolError.Code: Int] = [:]
        var released = 0
        var leaked: [LeaseOrigin] = []
        var keptAlive = 0
        var keepAliveFailed = 0
        var allClosed: Int { closed.values.reduce(0, +) }
        var allAcquireFailed: Int { acquireFailed.values.reduce(0, +) }
    }

    private let counts = Guarded(Counts())

    var now: Counts { counts.withLock { $0 } }

    func opened(after duration: Duration) { counts.withLock { $0.opened += 1 } }
    func openFailed(_ error: any Error, after duration: Duration) { counts.withLock { $0.openFailed += 1 } }
    func closed(_ reason: CloseReason) { counts.withLock { $0.closed[reason, default: 0] += 1 } }
    func acquired(after duration: Duration) { counts.withLock { $0.acquired += 1 } }
    func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        counts.withLock { $0.acquireFailed[code, default: 0] += 1 }
    }
    func released(after duration: Duration) { counts.withLock { $0.released += 1 } }
    func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) { counts.withLock { $0.leaked.append(lease) } }
    func keptAlive(_ succeeded: Bool) {
        counts.withLock { if succeeded { $0.keptAlive += 1 } else { $0.keepAliveFailed += 1 } }
    }
}

/// A pool of fake connections that runs for as long as the body.
struct FakePool: Sendable {
    let server = FakeServer()
    let observer = CountingObserver()
    let pool: ConnectionPool<FakeConnection>

    init(_ change: (inout PoolConfiguration) -> Void = { _ in }) throws {
        var configuration = PoolConfiguration(name: "fake")
        change(&configuration)
        let server = server
        pool = try ConnectionPool(configuration, observer: observer) { try await server.connect() }
    }

    func whileRunning(_ body: @Sendable (ConnectionPool<FakeConnection>) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await pool.run() }
            defer { group.cancelAll() }
            try await body(pool)
        }
    }

    /// After the end of the pool: every counter has its counterpart, and the other side agrees.
    func expectReconciled(acquired: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        let (counts, server) = (observer.now, server.now)
        #expect(counts.acquired == counts.released, sourceLocation: sourceLocation)
        if let acquired { #expect(counts.acquired == acquired, sourceLocation: sourceLocation) }
        #expect(counts.opened == counts.allClosed, sourceLocation: sourceLocation)
        #expect(counts.opened == server.opened && counts.allClosed == server.closed, sourceLocation: sourceLocation)
        #expect(counts.opened + counts.openFailed == server.attempts, sourceLocation: sourceLocation)
        #expect(server.mostOpen <= pool.configuration.maximum, sourceLocation: sourceLocation)
        #expect(server.mostOpening <= 1, sourceLocation: sourceLocation)
        var empty = PoolStatistics()
        empty.minimum = pool.configuration.minimum
        empty.maximum = pool.configuration.maximum
        #expect(pool.statistics == empty, sourceLocation: sourceLocation)
    }
}
