import Locking

// The way to a connection when none is idle.
extension ConnectionPool where Connection: ~Copyable {
    /// - Throws: `PoolError`; it has been reported to the observer.
    func waitForConnection(_ origin: LeaseOrigin) async throws -> Lease {
        let (waiter, isRun) = core.withLock { ($0.makeWaiter(), $0.machine.isRun) }
        let answer = isRun ? await wait(waiter, origin) : await waitByOwnClock(waiter, origin)
        switch answer {
        case .lent(let lease):
            return lease
        case .refused(let refusal):
            observer.acquireFailed(refusal.code, after: refusal.waited)
            throw PoolError(refusal, configuration)
        }
    }

    private func wait(_ waiter: WaiterID, _ origin: LeaseOrigin) async -> PoolCore.Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = PoolTime.now
                perform(
                    core.withLock { core in
                        let effects = core.acquire(waiter, origin, continuation, at: now)
                        // A handler that ran before this found no waiter; one that runs later finds it.
                        guard Task.isCancelled else { return effects }
                        return effects + core.event(at: now) { $0.cancel(waiter, at: now) }
                    })
            }
        } onCancel: {
            let now = PoolTime.now
            perform(core.withLock { $0.event(at: now) { $0.cancel(waiter, at: now) } })
        }
    }

    /// While nobody runs the pool nobody else would end the wait.
    private func waitByOwnClock(_ waiter: WaiterID, _ origin: LeaseOrigin) async -> PoolCore.Answer {
        await withTaskGroup(of: PoolCore.Answer?.self) { group in
            group.addTask { await self.wait(waiter, origin) }
            group.addTask {
                var next = PoolTime.now + self.configuration.acquireTimeout
                while !Task.isCancelled {
                    try? await Task.sleep(for: next - .now)
                    let now = PoolTime.now
                    self.perform(self.core.withLock { $0.event(at: now) { $0.tick(at: now) } })
                    next = now + Duration.milliseconds(1)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let answer = await group.next() {
                if let answer { return answer }
            }
            preconditionFailure("a wait ends with an answer")
        }
    }
}
