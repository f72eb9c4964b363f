// Events of connections: how opening, leases, resets, keep-alives and closing end.
extension PoolStateMachine {
    /// - Parameter jitter: a random number in 0..<1; shortens the connection's lifetime by up to a tenth.
    package mutating func opened(_ id: ConnectionID, at time: PoolTime, jitter: Double) -> [PoolAction] {
        expect(id, .opening)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        backoff.succeeded()
        slots[id.slot].provenAt = now
        slots[id.slot].endsAt = spans.maximumLifetime.map { now + Int64(Double($0) * (1 - jitter / 10)) }
        offer(id, idleSince: now, now, &actions)
        settle(now, &actions)
        // One more is open, so idle ones may be beyond the minimum now.
        nextDeadline = exactDeadline()
        return actions
    }

    /// - Parameter jitter: a random number in 0..<1, for the pause until the next attempt.
    package mutating func openFailed(
        _ id: ConnectionID, _ error: any Error, at time: PoolTime, jitter: Double
    ) -> [PoolAction] {
        expect(id, .opening)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        vacate(id)
        backoff.failed(error, at: now, jitter: jitter)
        if counts.returning == 0 {
            while let waiter = waiters.popFirst() {
                actions.append(.fail(waiter.id, refusal(.cannotConnect, waited: now - waiter.since)))
            }
        }
        settle(now, &actions)
        return actions
    }

    /// A lease has ended.
    package mutating func released(
        _ id: ConnectionID, _ condition: ConnectionCondition, at time: PoolTime
    ) -> [PoolAction] {
        expect(id, .leased)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        slots[id.slot].origin = nil
        switch condition {
        case .unusable(let reason):
            close(id, reason, &actions)
        case .usable:
            slots[id.slot].provenAt = now
            offer(id, idleSince: now, now, &actions)
        case .needsReset:
            if phase != .running {
                close(id, .shutdown, &actions)
            } else if slots[id.slot].hasEnded(at: now) {
                close(id, .lifetime, &actions)
            } else {
                move(id, to: .resetting)
                actions.append(.reset(id))
            }
        }
        settle(now, &actions)
        return actions
    }

    package mutating func resetDone(_ id: ConnectionID, at time: PoolTime) -> [PoolAction] {
        expect(id, .resetting)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        slots[id.slot].provenAt = now
        offer(id, idleSince: now, now, &actions)
        settle(now, &actions)
        return actions
    }

    package mutating func resetFailed(_ id: ConnectionID, _ reason: CloseReason, at time: PoolTime) -> [PoolAction] {
        expect(id, .resetting)
        return end(id, reason, at: time)
    }

    package mutating func keepAliveDone(_ id: ConnectionID, at time: PoolTime) -> [PoolAction] {
        expect(id, .keepingAlive)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        slots[id.slot].provenAt = now
        offer(id, idleSince: slots[id.slot].since, now, &actions)
        settle(now, &actions)
        return actions
    }

    package mutating func keepAliveFailed(_ id: ConnectionID, _ reason: CloseReason, at time: PoolTime) -> [PoolAction]
    {
        expect(id, .keepingAlive)
        return end(id, reason, at: time)
    }

    package mutating func closed(_ id: ConnectionID, at time: PoolTime) -> [PoolAction] {
        expect(id, .closing)
        let now = advance(to: time)
        var actions: [PoolAction] = []
        vacate(id)
        settle(now, &actions)
        return actions
    }

    // MARK: Parts

    /// Gives a connection that nobody uses to the first who waits; else it becomes idle. Closes it if it may not be
    /// lent again.
    private mutating func offer(_ id: ConnectionID, idleSince: PoolTime, _ now: PoolTime, _ actions: inout [PoolAction])
    {
        if phase != .running {
            close(id, .shutdown, &actions)
        } else if slots[id.slot].hasEnded(at: now) {
            close(id, .lifetime, &actions)
        } else if let waiter = waiters.popFirst() {
            lease(id, origin: waiter.origin, at: now)
            actions.append(.lend(id, to: waiter.id, after: now - waiter.since))
        } else {
            move(id, to: .idle)
            slots[id.slot].since = idleSince
            // A keep-alive does not make it the one used last.
            var place = idle.endIndex
            while place > 0, slots[idle[place - 1].slot].since > idleSince { place -= 1 }
            idle.insert(id, at: place)
            if let deadline = deadline(of: slots[id.slot]) { note(deadline) }
        }
    }

    private mutating func end(_ id: ConnectionID, _ reason: CloseReason, at time: PoolTime) -> [PoolAction] {
        let now = advance(to: time)
        var actions: [PoolAction] = []
        close(id, reason, &actions)
        settle(now, &actions)
        return actions
    }

    /// The connection must have left `idle` already.
    mutating func close(_ id: ConnectionID, _ reason: CloseReason, _ actions: inout [PoolAction]) {
        move(id, to: .closing)
        actions.append(.close(id, reason))
    }

    private mutating func vacate(_ id: ConnectionID) {
        move(id, to: .gone)
        freeSlots.append(id.slot)
    }

    /// Closes the idle connections at the top that are past their lifetime, until one is not.
    mutating func closeEndedIdle(_ now: PoolTime, _ actions: inout [PoolAction]) {
        while let id = idle.last, slots[id.slot].hasEnded(at: now) {
            idle.removeLast()
            close(id, .lifetime, &actions)
        }
    }
}
