import Locking

// The task that runs a pool: what takes time is done here.
extension ConnectionPool where Connection: ~Copyable {
    /// Works for the pool until the task is cancelled or `drain` has ended; then every connection is closed, except
    /// those whose leases did not end within their bound.
    ///
    /// A pool is run once: to call this a second time while it runs is a programmer's error; when the pool has ended,
    /// it returns at once. When the task is cancelled, that is a drain within `shutdownBound`.
    public func run() async {
        let now = PoolTime.now
        let effects = core.withLock { core -> [PoolCore.Effect]? in
            core.machine.hasEnded ? nil : core.event(at: now) { $0.start(at: now) }
        }
        guard let effects else { return }
        perform(effects)
        await withTaskCancellationHandler {
            // A task of its own, awaited in place, only because there is no other shield from cancellation: during the
            // shutdown timers must run and leases be cancelled, and in a cancelled task neither works.
            await Task { await self.work() }.value
        } onCancel: {
            beginDrain(within: configuration.shutdownBound)
        }
    }

    /// Follows orders until the pool has ended.
    private func work() async {
        await withDiscardingTaskGroup { attendants in
            await withDiscardingTaskGroup { jobs in
                working: for await _ in wakeUps {
                    for order in core.withLock({ $0.takeOrders() }) {
                        switch order {
                        case .open(let id): jobs.addTask { await self.openConnection(id) }
                        case .reset(let box): jobs.addTask { await self.reset(box) }
                        case .keepAlive(let box): jobs.addTask { await self.keepAlive(box) }
                        case .cancelLease(let box): attendants.addTask { await box.canceller() }
                        case .tick(let deadline): attendants.addTask { await self.tick(at: deadline) }
                        case .stopJobs: jobs.cancelAll()
                        case .finish: break working
                        }
                    }
                }
            }
            attendants.cancelAll()
        }
    }

    private func tick(at deadline: PoolTime) async {
        do { try await Task.sleep(for: deadline - .now) } catch { return }
        let now = PoolTime.now
        perform(core.withLock { $0.ticked(orderedFor: deadline, at: now) })
    }

    private func openConnection(_ id: ConnectionID) async {
        let start = PoolTime.now
        do {
            let open = self.open
            let box = try await withTimeLimit(configuration.openTimeout, "opening a connection") {
                ConnectionBox(id: id, try await open())
            }
            let now = PoolTime.now
            observer.opened(after: now - start)
            perform(core.withLock { $0.opened(box, at: now, jitter: .random(in: 0..<1)) })
        } catch {
            let now = PoolTime.now
            observer.openFailed(error, after: now - start)
            perform(
                core.withLock {
                    $0.event(at: now) { $0.openFailed(id, error, at: now, jitter: .random(in: 0..<1)) }
                })
        }
    }

    private func reset(_ box: AnyConnectionBox) async {
        let failure = await attempt("resetting a connection", box, otherwise: .inDoubt) { try await $0.reset() }
        let now = PoolTime.now
        perform(
            core.withLock {
                $0.event(at: now) { machine in
                    guard let failure else { return machine.resetDone(box.id, at: now) }
                    return machine.resetFailed(box.id, failure, at: now)
                }
            })
    }

    private func keepAlive(_ box: AnyConnectionBox) async {
        let failure = await attempt("a keep-alive", box, otherwise: .broken) { try await $0.keepAlive() }
        observer.keptAlive(failure == nil)
        let now = PoolTime.now
        perform(
            core.withLock {
                $0.event(at: now) { machine in
                    guard let failure else { return machine.keepAliveDone(box.id, at: now) }
                    return machine.keepAliveFailed(box.id, failure, at: now)
                }
            })
    }

    /// Nil if the connection can be lent afterwards; else why it must be closed.
    private func attempt(
        _ what: String, _ box: AnyConnectionBox, otherwise reason: CloseReason,
        _ body: @escaping @Sendable (inout Connection) async throws -> Void
    ) async -> CloseReason? {
        let box = unsafeDowncast(box, to: ConnectionBox<Connection>.self)
        do {
            try await withTimeLimit(configuration.resetTimeout, what) { try await body(&box.connection) }
        } catch {
            return reason
        }
        return switch box.connection.condition {
        case .usable: nil
        case .needsReset: reason
        case .unusable(let own): own
        }
    }
}
