import ConnectionPool
import Locking
import Testing
import TestSupport

@Suite("the end of a pool", .timeLimit(.minutes(10)))
struct ShutdownTests {
    @Test("a drain waits for the leases, refuses new ones, and returns when all is closed")
    func drains() async throws {
        let fake = try FakePool { $0.minimum = 3 }
        try await withThrowingTaskGroup { group in
            let gate = Gate()
            group.addTask { await fake.pool.run() }
            try await eventually("it is warm") { fake.pool.statistics.idle == 3 }
            group.addTask { try await fake.pool.withConnection { _ in await gate.pass() } }
            try await eventually("one is lent") { fake.pool.statistics.used == 1 }
            group.addTask {
                await fake.pool.drain(within: .seconds(60))
                fake.expectReconciled(acquired: 1)
            }
            try await eventually("it drains") { fake.server.now.open == 1 }
            let error = await #expect(throws: PoolError.self) { try await fake.pool.withConnection { _ in } }
            #expect(error?.code == .shutdown)
            gate.open()
            try await group.waitForAll()
        }
        #expect(fake.server.now.canceled == 0)
    }

    @Test("a lease that outlasts the bound is cancelled")
    func cancelsLeases() async throws {
        let fake = try FakePool()
        try await withThrowingTaskGroup { group in
            group.addTask { await fake.pool.run() }
            group.addTask {
                try await fake.pool.withConnection { connection in
                    let cancellation = connection.cancellation
                    try await eventually("it is cancelled") { cancellation.isCancelled.withLock { $0 } }
                }
            }
            try await eventually("it is lent") { fake.pool.statistics.used == 1 }
            await fake.pool.drain(within: .milliseconds(50))
            try await group.waitForAll()
        }
        #expect(fake.server.now.canceled == 1)
        fake.expectReconciled(acquired: 1)
    }

    @Test("a lease that heeds no cancellation does not keep the pool; its connection is closed when it comes back")
    func endsWithoutLease() async throws {
        let fake = try FakePool()
        try await withThrowingTaskGroup { group in
            let gate = Gate()
            group.addTask { try await fake.pool.withConnection { _ in await gate.pass() } }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup { runs in
                runs.addTask { await fake.pool.run() }
                try await eventually("it is lent") { fake.pool.statistics.used == 1 }
                await fake.pool.drain(within: .milliseconds(50))
            }
            #expect(ContinuousClock.now - start > .seconds(1))
            #expect(fake.pool.statistics.used == 1)
            #expect(fake.server.now.open == 1)
            gate.open()
            try await group.waitForAll()
        }
        fake.expectReconciled(acquired: 1)
        #expect(fake.observer.now.closed == [.shutdown: 1])
    }

    @Test("to cancel the task that runs a pool shuts it down: leases are cancelled after the bound")
    func cancelsRun() async throws {
        let fake = try FakePool {
            $0.minimum = 2
            $0.shutdownBound = .milliseconds(50)
        }
        try await withThrowingTaskGroup { group in
            let gate = Gate()
            group.addTask {
                try await fake.pool.withConnection { connection in
                    let cancellation = connection.cancellation
                    try await eventually("it is cancelled") { cancellation.isCancelled.withLock { $0 } }
                }
                gate.open()
            }
            try await withThrowingTaskGroup { runs in
                runs.addTask { await fake.pool.run() }
                try await eventually("all are there") {
                    fake.pool.statistics.used == 1 && fake.pool.statistics.idle == 1
                }
                runs.cancelAll()
            }
            await gate.pass()
            try await group.waitForAll()
        }
        #expect(fake.server.now.canceled == 1)
        fake.expectReconciled(acquired: 1)
    }

    @Test("an opening that is under way does not delay the shutdown, and who waits for it fails")
    func cancelsOpening() async throws {
        let fake = try FakePool {
            $0.acquireTimeout = .seconds(60)
            $0.openTimeout = .seconds(60)
        }
        fake.server.set { $0.openDelay = .seconds(60) }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            group.addTask { try await fake.pool.withConnection { _ in } }
            try await withThrowingTaskGroup { runs in
                runs.addTask { await fake.pool.run() }
                try await eventually("it is being opened") { fake.server.now.opening == 1 }
                runs.cancelAll()
            }
            let error = await #expect(throws: PoolError.self) { try await group.waitForAll() }
            #expect(error?.code == .shutdown)
        }
        #expect(ContinuousClock.now - start < .seconds(30))
        fake.expectReconciled(acquired: 0)
    }

    @Test("a drain of a pool that nobody runs ends at once; whoever is cancelled does not wait for the end")
    func withoutRun() async throws {
        let fake = try FakePool()
        await fake.pool.drain(within: .seconds(60))
        fake.expectReconciled(acquired: 0)

        let other = try FakePool()
        try await withThrowingTaskGroup { group in
            let gate = Gate()
            group.addTask { await other.pool.run() }
            group.addTask { try await other.pool.withConnection { _ in await gate.pass() } }
            try await eventually("it is lent") { other.pool.statistics.used == 1 }
            await withTaskGroup { drains in
                drains.addTask { await other.pool.drain(within: .seconds(60)) }
                drains.cancelAll()
            }
            #expect(other.pool.statistics.used == 1)
            gate.open()
            try await group.waitForAll()
        }
        other.expectReconciled(acquired: 1)
    }
}
