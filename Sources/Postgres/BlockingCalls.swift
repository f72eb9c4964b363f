import Locking

/// Runs calls that may block in the system (name resolution, key files) on threads of their own.
///
/// Not on a Dispatch queue: on Linux its threads are those of the cooperative pool, which a few hanging look-ups would
/// bring to a stop. A thread lives while there are calls to run, and there are never more than `threadLimit`.
final class BlockingCalls: Sendable {
    static let shared = BlockingCalls(threadLimit: 64)
    /// For requests to cancel, which hang for as long as a server stands still: so that they keep no connection from
    /// being made elsewhere.
    static let cancelling = BlockingCalls(threadLimit: 16)

    private struct State: Sendable {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
    }

    private let threadLimit: Int
    /// Guards the calls that wait for a thread, and the number of threads.
    private let state = Guarded(State())

    init(threadLimit: Int) {
        self.threadLimit = threadLimit
    }

    /// Returns what `call` returns, or throws at the deadline or (unless shielded) when the task is cancelled, even if
    /// the call hangs.
    ///
    /// A call that was given up runs to its end and what it returns is released then; one that had not begun never
    /// begins.
    func run<Value: Sendable>(
        until deadline: ContinuousClock.Instant, isShielded: Bool = false, _ call: @escaping @Sendable () -> Value
    ) async throws(Poller.Failure) -> Value {
        let poller = Poller.shared
        let returned = Guarded<Value?>(nil)
        try await poller.wait(until: deadline, isShielded: isShielded) { ticket in
            submit {
                guard poller.isWaiting(ticket) else { return }
                let value = call()
                returned.withLock { $0 = value }
                poller.finish(ticket, .success(()))
            }
        }
        return returned.withLock { $0! }
    }

    private func submit(_ call: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.waiting.append(call)
            guard state.threads < threadLimit else { return false }
            state.threads += 1
            return true
        }
        if needsThread, !startDetachedThread({ [self] in work() }) {
            // The call waits for one of the other threads, or for its deadline.
            state.withLock { $0.threads -= 1 }
        }
    }

    private func work() {
        while let call = nextCall() { call() }
    }

    private func nextCall() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
