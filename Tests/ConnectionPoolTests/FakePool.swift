import ConnectionPool
import Testing

/// A pool of fake connections that runs for as long as the body.
struct FakePool: Sendable {
    let server = FakeServer()
    let observer = CountingObserver()
    let pool: ConnectionPool<FakeConnection>

    init(_ change: (inout PoolConfiguration) -> Void = { _ in }) throws {
        var configuration = PoolConfiguration(name: "fake")
        // Where a test is not about it, a busy machine must not fail it.
        configuration.acquireTimeout = .seconds(60)
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
