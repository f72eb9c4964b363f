import ConnectionPool
import Locking
import Testing
import TestSupport

@Suite("running a pool", .timeLimit(.minutes(10)))
struct RunningTests {
    @Test("a task that asks before anybody runs the pool is served when somebody does")
    func asksBefore() async throws {
        let fake = try FakePool()
        try await withThrowingTaskGroup { group in
            group.addTask { try await fake.pool.withConnection { _ in } }
            try await eventually("it waits") { fake.pool.statistics.pending == 1 }
            #expect(fake.server.now.attempts == 0)
            group.addTask { await fake.pool.run() }
            try await group.next()
            group.cancelAll()
        }
        fake.expectReconciled(acquired: 1)
    }

    @Test("if nobody runs the pool, the time-out says so; a cancelled task leaves at once")
    func nobodyRuns() async throws {
        let fake = try FakePool { $0.acquireTimeout = .milliseconds(50) }
        let error = await #expect(throws: PoolError.self) { try await fake.pool.withConnection { _ in } }
        #expect(error?.code == .acquireTimeout)
        #expect(
            error?.message
                == "pool fake: no connection within 0.05 seconds, because nobody runs the pool: call run()")

        let patient = try FakePool { $0.acquireTimeout = .seconds(3_600) }
        await withTaskGroup { group in
            group.addTask {
                let error = await #expect(throws: PoolError.self) { try await patient.pool.withConnection { _ in } }
                #expect(error?.code == .cancelled)
            }
            group.cancelAll()
        }
        #expect(patient.pool.statistics.pending == 0)
    }

    @Test("after its end a pool lends nothing, and to run it again returns at once")
    func afterTheEnd() async throws {
        let fake = try FakePool()
        try await fake.whileRunning { pool in try await pool.withConnection { _ in } }
        let error = await #expect(throws: PoolError.self) { try await fake.pool.withConnection { _ in } }
        #expect(error?.code == .shutdown)
        #expect(error?.message == "pool fake: it is shut down")
        await fake.pool.run()
        await fake.pool.drain(within: .seconds(60))
        fake.expectReconciled(acquired: 1)
    }

    @Test("to run a pool twice at a time is a programmer's error")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            let fake = try FakePool()
            await withTaskGroup { group in
                group.addTask { await fake.pool.run() }
                group.addTask { await fake.pool.run() }
            }
        }
    }

    @Test("why no connection could be opened reaches who waits")
    func cannotConnect() async throws {
        let fake = try FakePool()
        fake.server.set { $0.openFailure = FakeError("too many clients") }
        try await fake.whileRunning { pool in
            let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
            #expect(error?.code == .cannotConnect)
            #expect(error?.underlying is FakeError)
            #expect(error?.message == "pool fake: no connection could be opened: too many clients")
        }
        #expect(fake.observer.now.openFailed == 1)
        fake.expectReconciled(acquired: 0)
    }

    @Test("a server at its limit is asked once for each pause, however many wait, and is used when it recovers")
    func noStorm() async throws {
        let fake = try FakePool { $0.acquireTimeout = .milliseconds(500) }
        fake.server.set { $0.openFailure = FakeError("too many clients") }
        try await fake.whileRunning { pool in
            let end = ContinuousClock.now + .seconds(1)
            await withTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask {
                        while ContinuousClock.now < end {
                            try? await pool.withConnection { _ in }
                            try? await Task.sleep(for: .milliseconds(1))
                        }
                    }
                }
            }
            // 100, 200, 400 and 800 ms, each a fifth shorter at most: at 0, 80, 240, 560, 1,200 ms.
            #expect(fake.server.now.attempts <= 6)
            fake.server.set { $0.openFailure = nil }
            try await eventually("it recovers") { (try? await pool.withConnection { _ in true }) ?? false }
        }
        fake.expectReconciled()
    }

    @Test("an opening that takes too long is cancelled, and counts as failed")
    func openTimeout() async throws {
        let fake = try FakePool { $0.openTimeout = .milliseconds(50) }
        fake.server.set { $0.openDelay = .seconds(60) }
        try await fake.whileRunning { pool in
            let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
            #expect(error?.code == .cannotConnect)
            #expect(
                error?.message
                    == "pool fake: no connection could be opened: opening a connection took longer than 0.05 seconds")
        }
        fake.expectReconciled(acquired: 0)
    }

    @Test("a connection that was opened though its time was up is used")
    func openedLate() async throws {
        let gate = Gate()
        let server = FakeServer()
        var configuration = PoolConfiguration(name: "fake")
        configuration.openTimeout = .milliseconds(20)
        configuration.acquireTimeout = .seconds(30)
        let observer = CountingObserver()
        let pool = try ConnectionPool(configuration, observer: observer) {
            await gate.pass()
            return try await server.connect()
        }
        try await withThrowingTaskGroup { group in
            group.addTask { await pool.run() }
            group.addTask {
                try await pool.withConnection { _ in }
            }
            try await eventually("it is being opened") { gate.held == 1 }
            try await Task.sleep(for: .milliseconds(60))
            gate.open()
            try await group.next()
            group.cancelAll()
        }
        #expect(observer.now.opened == 1 && observer.now.openFailed == 0)
    }

    @Test("the minimum is warm, and a connection that needs a reset gets one")
    func resets() async throws {
        let fake = try FakePool {
            $0.minimum = 2
            $0.maximum = 2
        }
        try await fake.whileRunning { pool in
            try await eventually("it is warm") { pool.statistics.idle == 2 }
            try await pool.withConnection { $0.condition = .needsReset }
            try await eventually("it is reset") { pool.statistics.idle == 2 }
            #expect(fake.server.now.resets == 1)
            fake.server.set { $0.resetFailure = FakeError() }
            try await pool.withConnection { $0.condition = .needsReset }
            try await eventually("it is replaced") { pool.statistics.idle == 2 && fake.server.now.opened == 3 }
            #expect(fake.observer.now.closed == [.inDoubt: 1])
            try await pool.withConnection { $0.condition = .unusable(.inTransaction) }
            try await eventually("it is replaced") { pool.statistics.idle == 2 && fake.server.now.opened == 4 }
            #expect(fake.observer.now.closed == [.inDoubt: 1, .inTransaction: 1])
        }
        fake.expectReconciled(acquired: 3)
    }

    @Test("idle connections are asked for a sign of life, replaced without one, and closed beyond the minimum")
    func ages() async throws {
        let fake = try FakePool {
            $0.minimum = 1
            $0.keepAliveInterval = .milliseconds(10)
            $0.idleTimeout = .milliseconds(50)
        }
        try await fake.whileRunning { pool in
            try await eventually("it is tested") { fake.observer.now.keptAlive >= 3 }
            fake.server.set { $0.keepAliveFailure = FakeError() }
            try await eventually("it is closed") { (fake.observer.now.closed[.broken] ?? 0) >= 1 }
            fake.server.set { $0.keepAliveFailure = nil }
            try await eventually("it is replaced") { pool.statistics.idle == 1 }
            try await pool.withConnection { _ in try await pool.withConnection { _ in } }
            try await eventually("one is closed") { (fake.observer.now.closed[.idle] ?? 0) >= 1 }
            try await eventually("one is left") { fake.server.now.open == 1 }
        }
        fake.expectReconciled()
    }

    @Test("connections end with their lifetime, and a long lease is reported with where it was taken")
    func lifetimeAndLeak() async throws {
        let fake = try FakePool {
            $0.minimum = 1
            $0.maximumLifetime = .milliseconds(100)
            $0.leakThreshold = .milliseconds(20)
        }
        try await fake.whileRunning { pool in
            try await eventually("they end") { (fake.observer.now.closed[.lifetime] ?? 0) >= 2 }
            try await pool.withConnection(fileID: "Some/Place.swift", line: 7) { _ in
                try await eventually("it is reported") { !fake.observer.now.leaked.isEmpty }
            }
            #expect(fake.observer.now.leaked == [LeaseOrigin(fileID: "Some/Place.swift", line: 7)])
        }
        fake.expectReconciled(acquired: 1)
    }
}
