import Locking

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
