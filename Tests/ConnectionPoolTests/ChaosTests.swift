import ConnectionPool
import Locking
import Testing
import TestSupport

@Suite("a thousand tasks", .timeLimit(.minutes(10)))
struct ChaosTests {
    @Test("with failures, cancellations and time-outs all the while every lease ends and every counter reconciles")
    func chaos() async throws {
        let fake = try FakePool {
            $0.minimum = 2
            $0.acquireTimeout = .seconds(3)
            $0.idleTimeout = .milliseconds(30)
            $0.keepAliveInterval = .milliseconds(20)
            $0.maximumLifetime = .milliseconds(200)
            $0.leakThreshold = .milliseconds(2)
            $0.waitersMaximum = 900
            $0.resetTimeout = .seconds(3)
        }
        let outcomes = Guarded(Outcomes())
        try await withThrowingTaskGroup { group in
            group.addTask { await fake.pool.run() }
            try await withThrowingTaskGroup { tasks in
                for number in 0..<1_000 {
                    tasks.addTask { try await work(UInt64(number), fake.pool, outcomes) }
                }
                var random = SeededRandom(seed: 4)
                for _ in 0..<40 {
                    disturb(fake.server, &random)
                    try await Task.sleep(for: .milliseconds(20))
                }
                fake.server.set { $0.beWell() }
                try await tasks.waitForAll()
            }
            try await eventually("the minimum is restored", within: .seconds(60)) {
                let now = fake.pool.statistics
                return now.idle >= 2 && now.used == 0 && now.pending == 0
            }
            await fake.pool.drain(within: .seconds(5))
            try await group.waitForAll()
        }
        let (counts, seen) = (fake.observer.now, outcomes.withLock { $0 })
        fake.expectReconciled(acquired: seen.lent)
        #expect(seen.lent + seen.refused == 5_000)
        #expect(counts.allAcquireFailed == seen.refused)
        #expect(seen.lent > 500)
        #expect(counts.openFailed > 0 && counts.allClosed > 10)
    }

    private struct Outcomes: Sendable {
        var lent = 0
        var refused = 0
    }

    /// Five leases, some of which are cancelled while they wait or last.
    private func work(
        _ number: UInt64, _ pool: ConnectionPool<FakeConnection>, _ outcomes: Guarded<Outcomes>
    ) async throws {
        var random = SeededRandom(seed: number)
        for _ in 0..<5 {
            let choice = Int.random(in: 0..<10, using: &random)
            let pause = Duration.microseconds(Int.random(in: 0..<2_000, using: &random))
            let patience = choice == 0 ? Duration.milliseconds(Int.random(in: 0..<30, using: &random)) : nil
            do {
                try await limited(patience) {
                    try await pool.withConnection { connection in
                        outcomes.withLock { $0.lent += 1 }
                        try? await Task.sleep(for: pause)
                        switch choice {
                        case 1: connection.condition = .unusable(.broken)
                        case 2, 3: connection.condition = .needsReset
                        case 4: throw FakeError()
                        default: break
                        }
                    }
                }
            } catch is PoolError {
                outcomes.withLock { $0.refused += 1 }
            } catch is FakeError {}
            if choice > 7 { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    private func limited(_ patience: Duration?, _ body: @escaping @Sendable () async throws -> Void) async throws {
        guard let patience else { return try await body() }
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            try? await Task.sleep(for: patience)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func disturb(_ server: FakeServer, _ random: inout SeededRandom) {
        let choice = Int.random(in: 0..<6, using: &random)
        let delay = Duration.milliseconds(Int.random(in: 0..<15, using: &random))
        server.set { state in
            state.beWell()
            switch choice {
            case 0: state.openFailure = FakeError("too many clients")
            case 1: state.resetFailure = FakeError()
            case 2: state.keepAliveFailure = FakeError()
            case 3: state.openDelay = delay
            default: break
            }
        }
    }
}

extension FakeServer.State {
    mutating func beWell() {
        openFailure = nil
        openDelay = nil
        resetFailure = nil
        keepAliveFailure = nil
    }
}
