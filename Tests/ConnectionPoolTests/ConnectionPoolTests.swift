import ConnectionPool
import Testing
import TestSupport

@Suite("leases", .timeLimit(.minutes(10)))
struct ConnectionPoolTests {
    @Test("a connection is lent for the scope of the closure, and the next gets the same")
    func scope() async throws {
        let fake = try FakePool()
        try await fake.whileRunning { pool in
            let first = try await pool.withConnection { $0.number }
            let second = try await pool.withConnection { connection in
                #expect(pool.statistics.used == 1)
                return connection.number
            }
            #expect(first == second)
            #expect(pool.statistics.idle == 1)
        }
        fake.expectReconciled(acquired: 2)
        #expect(fake.observer.now.opened == 1)
        #expect(fake.observer.now.closed == [.shutdown: 1])
    }

    @Test("a connection goes back when the closure throws, and the error comes through")
    func throwing() async throws {
        let fake = try FakePool()
        try await fake.whileRunning { pool in
            let error = await #expect(throws: FakeError.self) {
                try await pool.withConnection { _ in throw FakeError("own") }
            }
            #expect(error?.description == "own")
            #expect(pool.statistics.idle == 1)
        }
        fake.expectReconciled(acquired: 1)
    }

    @Test("a connection goes back when the task is cancelled that holds it")
    func cancelledWhileHolding() async throws {
        let fake = try FakePool()
        try await fake.whileRunning { pool in
            let holds = Gate()
            await withTaskGroup { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await pool.withConnection { _ in
                            holds.open()
                            try await Task.sleep(for: .seconds(60))
                        }
                    }
                }
                await holds.pass()
                group.cancelAll()
            }
            #expect(pool.statistics.idle == 1)
            #expect(pool.statistics.used == 0)
        }
        fake.expectReconciled(acquired: 1)
    }

    @Test("a task that is cancelled while it waits leaves at once, and the opening goes on for the next")
    func cancelledWhileWaiting() async throws {
        let fake = try FakePool()
        fake.server.set { $0.openDelay = .seconds(1) }
        try await fake.whileRunning { pool in
            try await withThrowingTaskGroup { group in
                group.addTask { try await pool.withConnection { _ in } }
                try await eventually("it waits") { fake.server.now.opening == 1 }
                group.cancelAll()
                let error = await #expect(throws: PoolError.self) { try await group.waitForAll() }
                #expect(error?.code == .cancelled)
            }
            #expect(fake.server.now.opened == 0)
            try await pool.withConnection { _ in }
        }
        #expect(fake.server.now.attempts == 1)
        #expect(fake.observer.now.acquireFailed == [.cancelled: 1])
        fake.expectReconciled(acquired: 1)
    }

    @Test("a task that is cancelled already gets an idle connection, but does not wait for one")
    func cancelledBefore() async throws {
        let fake = try FakePool { $0.maximum = 1 }
        try await fake.whileRunning { pool in
            try await pool.withConnection { _ in }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    try await pool.withConnection { _ in
                        #expect(Task.isCancelled)
                        let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
                        #expect(error?.code == .cancelled)
                    }
                }
                try await group.waitForAll()
            }
        }
        fake.expectReconciled(acquired: 2)
    }

    @Test("who waits for too long gets an error that says what the pool did")
    func timesOut() async throws {
        let fake = try FakePool {
            $0.minimum = 1
            $0.maximum = 1
            $0.acquireTimeout = .milliseconds(50)
        }
        try await fake.whileRunning { pool in
            try await eventually("it is warm") { pool.statistics.idle == 1 }
            try await pool.withConnection { _ in
                let start = ContinuousClock.now
                let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
                #expect(ContinuousClock.now - start >= .milliseconds(50))
                #expect(error?.code == .acquireTimeout)
                #expect(
                    error?.message
                        == "pool fake: no connection became free within 0.05 seconds: 1 of at most 1 in use, "
                        + "0 being opened, 0 more tasks wait")
            }
        }
        #expect(fake.observer.now.acquireFailed == [.acquireTimeout: 1])
        fake.expectReconciled(acquired: 1)
    }

    @Test("of tasks that may wait there are so many; the next fails at once")
    func tooMany() async throws {
        let fake = try FakePool {
            $0.maximum = 1
            $0.waitersMaximum = 0
            $0.minimum = 1
        }
        try await fake.whileRunning { pool in
            try await eventually("it is warm") { pool.statistics.idle == 1 }
            try await pool.withConnection { _ in
                let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
                #expect(error?.code == .tooManyWaiters)
                #expect(error?.message == "pool fake: 0 tasks wait already, and more may not (waitersMaximum)")
            }
        }
    }

    @Test("a burst on a server that opens slowly is served by a few connections")
    func burst() async throws {
        let fake = try FakePool()
        fake.server.set { $0.openDelay = .milliseconds(300) }
        try await fake.whileRunning { pool in
            try await withThrowingTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask { try await pool.withConnection { _ in await Task.yield() } }
                }
                try await group.waitForAll()
            }
        }
        #expect(fake.server.now.mostOpening == 1)
        #expect(fake.server.now.opened < 10)
        fake.expectReconciled(acquired: 100)
    }
}
