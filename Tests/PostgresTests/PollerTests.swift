import Glibc
import Locking
import TestSupport
import Testing

@testable import Postgres

@Suite("waiting without threads")
struct PollerTests {
    /// Two connected sockets, closed when the test ends.
    private final class SocketPair: Sendable {
        let near: Int32
        let far: Int32

        init() {
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            (near, far) = (ends[0], ends[1])
        }

        func send() { _ = write(far, "x", 1) }

        deinit {
            close(near)
            close(far)
        }
    }

    private func soon(_ duration: Duration = .seconds(20)) -> ContinuousClock.Instant { .now + duration }

    @Test("a wait ends when the socket is ready, one event at a time")
    func ready() async throws {
        let pair = SocketPair()
        try await Poller.shared.wait(for: pair.near, .writable, until: soon())
        pair.send()
        try await Poller.shared.wait(for: pair.near, .readable, until: soon())
        try await Poller.shared.wait(for: pair.near, .either, until: soon())
        var byte: UInt8 = 0
        _ = read(pair.near, &byte, 1)
        await #expect(throws: Poller.Failure.deadlinePassed) {
            try await Poller.shared.wait(for: pair.near, .readable, until: soon(.milliseconds(30)))
        }
    }

    @Test("a socket that takes the number of a closed one is watched anew")
    func reusedNumber() async throws {
        for _ in 0..<10 {
            let pair = SocketPair()
            await #expect(throws: Poller.Failure.deadlinePassed) {
                try await Poller.shared.wait(for: pair.near, .readable, until: soon(.milliseconds(2)))
            }
            pair.send()
            try await Poller.shared.wait(for: pair.near, .readable, until: soon())
        }
    }

    @Test("a socket that is no socket is an error, not a wait")
    func unwatchable() async throws {
        await #expect(throws: Poller.Failure.unwatchable("Bad file descriptor")) {
            try await Poller.shared.wait(for: -1, .readable, until: soon())
        }
    }

    @Test("a steady sleep ends at its moment, not before, and at once when it is cancelled")
    func steadySleep() async throws {
        let moment = ContinuousClock.now + .milliseconds(30)
        try await SteadySleep.until(moment)
        #expect(ContinuousClock.now >= moment)
        try await SteadySleep.until(moment)
        let started = ContinuousClock.now
        let sleeper = Task { try await SteadySleep.until(started + .seconds(3_600)) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(ContinuousClock.now - started < .seconds(60))
    }

    @Test("cancelling ends a wait at once, before it or in it")
    func cancelling() async throws {
        let pair = SocketPair()
        let start = ContinuousClock.now
        for delay in [Duration.zero, .milliseconds(20)] {
            let task = Task {
                try await Poller.shared.wait(for: pair.near, .readable, until: soon())
            }
            try await Task.sleep(for: delay)
            task.cancel()
            #expect(await task.result.failure as? Poller.Failure == .cancelled)
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("hundreds of waits, ready, late and cancelled in a race, end once each")
    func race() async throws {
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<300 {
                let pair = SocketPair()
                group.addTask {
                    let task = Task {
                        try await Poller.shared.wait(
                            for: pair.near, .readable, until: soon(.milliseconds(5 + number % 3)))
                    }
                    try await Task.sleep(for: .milliseconds(4 + number % 4))
                    if number % 2 == 0 { pair.send() } else { task.cancel() }
                    switch await task.result {
                    case .success: return "ready"
                    case .failure(let failure): return "\(failure)"
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes.values.reduce(0, +) == 300)
        #expect(Set(outcomes.keys).isSubset(of: ["ready", "deadlinePassed", "cancelled"]))
    }

    @Test("a call that hangs is given up at the deadline, and what it returns later is released")
    func hangingCall() async throws {
        final class Value: Sendable {
            let released: Guarded<Bool>
            init(released: Guarded<Bool>) { self.released = released }
            deinit { released.withLock { $0 = true } }
        }
        let released = Guarded(false)
        let hang = SocketPair()
        let start = ContinuousClock.now
        await #expect(throws: Poller.Failure.deadlinePassed) {
            _ = try await BlockingCalls.shared.run(until: soon(.milliseconds(50))) {
                var byte: UInt8 = 0
                _ = read(hang.near, &byte, 1)
                return Value(released: released)
            }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(!released.withLock { $0 })
        hang.send()
        try await eventually("the value is released") { released.withLock { $0 } }
    }

    @Test("a call that waits for a thread until its deadline never begins, and the next one runs")
    func bounded() async throws {
        let calls = BlockingCalls(threadLimit: 1)
        let hang = SocketPair()
        let holdsThread = Guarded(false)
        async let first: Int = calls.run(until: soon()) {
            holdsThread.withLock { $0 = true }
            var byte: UInt8 = 0
            return read(hang.near, &byte, 1)
        }
        try await eventually("the first call holds the thread") { holdsThread.withLock { $0 } }
        let began = Guarded(false)
        await #expect(throws: Poller.Failure.deadlinePassed) {
            try await calls.run(until: soon(.milliseconds(20))) { began.withLock { $0 = true } }
        }
        hang.send()
        #expect(try await first == 1)
        #expect(try await calls.run(until: soon()) { 7 } == 7)
        #expect(!began.withLock { $0 })
    }
}

extension Result {
    var failure: Failure? {
        guard case .failure(let failure) = self else { return nil }
        return failure
    }
}
