import Locking

/// Lends connections to tasks, within bounds.
///
/// Somebody must run `run()` for as long as the pool is used: it opens connections, resets and tests them. Until then
/// tasks wait for a connection, at most for `acquireTimeout`. When the task of `run()` is cancelled, the pool is shut
/// down; from then on it lends nothing.
public final class ConnectionPool<Connection: PooledConnection & ~Copyable>: Sendable {
    public let configuration: PoolConfiguration
    let open: @Sendable () async throws -> Connection
    let observer: any PoolObserver
    /// Guards the state machine and its tables. Nothing is called out from under it.
    let core: Guarded<PoolCore>
    /// Wakes the task that runs the pool: it has orders in `core`. One element at most is kept.
    let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter open: Opens one connection. It runs under `openTimeout`, is cancelled then, and must heed that: the
    ///   pool waits until it returns.
    /// - Throws: `invalidConfiguration`.
    public init(
        _ configuration: PoolConfiguration, observer: any PoolObserver = NoObserver(),
        open: @escaping @Sendable () async throws -> Connection
    ) throws(PoolError) {
        try configuration.validate()
        self.configuration = configuration
        self.observer = observer
        self.open = open
        core = Guarded(PoolCore(configuration))
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Lends a connection to `body`; takes it back however `body` ends.
    ///
    /// A task that is cancelled while it waits gets the error `cancelled` at once. One that is cancelled already gets a
    /// connection if one is idle, for example to clean up; else the error.
    /// - Throws: `PoolError` if there is none to lend; what `body` throws.
    public func withConnection<Value: Sendable>(
        fileID: String = #fileID, line: Int = #line,
        _ body: (inout Connection) async throws -> Value
    ) async throws -> Value {
        let origin = LeaseOrigin(fileID: fileID, line: line)
        let lease = if let lease = lendLiving(origin) { lease } else { try await waitForConnection(origin) }
        observer.acquired(after: lease.waited)
        // Every box of this pool is of this type.
        let box = unsafeDowncast(lease.box, to: ConnectionBox<Connection>.self)
        defer { takeBack(lease, box.connection.condition) }
        return try await body(&box.connection)
    }

    /// Lends no more; waits for the leases to end, cancels those that have not after `bound`, and closes everything.
    ///
    /// A lease that does not end even then keeps its connection; that is closed when it comes back. If the task that
    /// calls this is cancelled, it waits no longer; the pool goes on to drain.
    public func drain(within bound: Duration) async {
        beginDrain(within: bound)
        let drainer = core.withLock { $0.makeDrainer() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = core.withLock { core in
                    // A handler that ran before this found nothing to resume.
                    !Task.isCancelled && core.awaitEnd(drainer, continuation)
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            core.withLock { $0.forget(drainer: drainer) }?.resume()
        }
    }

    /// The pool now.
    public var statistics: PoolStatistics {
        let now = PoolTime.now
        return core.withLock { $0.machine.statistics(at: now) }
    }

    // MARK: Parts

    func beginDrain(within bound: Duration) {
        let now = PoolTime.now
        perform(core.withLock { $0.event(at: now) { $0.drain(by: now + bound, at: now) } })
    }

    /// An idle connection that says it can be lent; those that ended while nobody used them are closed.
    private func lendLiving(_ origin: LeaseOrigin) -> Lease? {
        while let lease = lendIdle(origin) {
            let condition = unsafeDowncast(lease.box, to: ConnectionBox<Connection>.self).connection.condition
            if condition == .usable { return lease }
            let now = PoolTime.now
            // Nobody was told of this lease.
            perform(core.withLock { $0.event(at: now) { $0.released(lease.box.id, condition, at: now) } })
        }
        return nil
    }

    private func lendIdle(_ origin: LeaseOrigin) -> Lease? {
        let now = PoolTime.now
        let (lease, effects) = core.withLock { core -> (Lease?, [PoolCore.Effect]) in
            var effects: [PoolCore.Effect] = []
            let lease = core.lendIdle(origin, at: now, &effects)
            return (lease, effects)
        }
        perform(effects)
        return lease
    }

    private func takeBack(_ lease: Lease, _ condition: ConnectionCondition) {
        let now = PoolTime.now
        observer.released(after: max(.zero, now - lease.since))
        perform(core.withLock { $0.event(at: now) { $0.released(lease.box.id, condition, at: now) } })
    }

    /// What was decided under the lock; never called with it.
    func perform(_ effects: [PoolCore.Effect]) {
        for effect in effects {
            switch effect {
            case .answer(let continuation, let answer):
                continuation.resume(returning: answer)
            case .close(let box, let reason):
                close(box, reason)
            case .reportLeak(let origin, let held):
                observer.leaked(origin, heldFor: held)
            case .resume(let continuation):
                continuation.resume()
            case .wake:
                wake.yield()
            }
        }
    }

    private func close(_ box: AnyConnectionBox, _ reason: CloseReason) {
        box.close()
        observer.closed(reason)
        let now = PoolTime.now
        perform(core.withLock { $0.closed(box, at: now) })
    }
}
