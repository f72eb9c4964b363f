import ConnectionPool
import Locking

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
