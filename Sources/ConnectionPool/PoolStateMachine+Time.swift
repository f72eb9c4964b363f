// What happens because time has passed.
extension PoolStateMachine {
    /// Does all that is due. Afterwards `nextDeadline` is exact, and later than `time`.
    package mutating func tick(at time: Instant) -> [PoolAction] {
        let now = advance(to: time)
        var actions: [PoolAction] = []
        while let first = waiters.first, first.deadline <= now {
            _ = waiters.popFirst()
            actions.append(.fail(first.id, refusal(.acquireTimeout, waited: now - first.since)))
        }
        tickIdle(now, &actions)
        reportLeaks(now, &actions)
        tickDrain(now, &actions)
        settle(now, &actions)
        nextDeadline = exactDeadline()
        return actions
    }

    /// A lower bound of the next deadline that takes one more into account.
    mutating func note(_ deadline: Instant) {
        guard let next = nextDeadline else {
            nextDeadline = deadline
            return
        }
        if deadline < next { nextDeadline = deadline }
    }

    /// The earliest deadline of all, from the state alone.
    package func exactDeadline() -> Instant? {
        var earliest = [waiters.first?.deadline, attemptDeadline, drainDeadline].compactMap { $0 }.min()
        for slot in slots {
            guard let deadline = deadline(of: slot) else { continue }
            if let known = earliest, known <= deadline { continue }
            earliest = deadline
        }
        return earliest
    }

    /// When something must be done about a connection, if nothing happens to it before.
    func deadline(of slot: ConnectionSlot) -> Instant? {
        switch slot.state {
        case .gone, .opening, .resetting, .keepingAlive, .closing:
            return nil
        case .leased:
            guard let threshold = configuration.leakThreshold, !slot.isLeakReported else { return nil }
            return slot.since + threshold
        case .idle:
            var earliest = slot.endsAt
            func consider(_ deadline: Instant) {
                if let known = earliest, known <= deadline { return }
                earliest = deadline
            }
            if let interval = configuration.keepAliveInterval { consider(slot.provenAt + interval) }
            if let timeout = configuration.idleTimeout, counts.open > configuration.minimum {
                consider(slot.since + timeout)
            }
            return earliest
        }
    }

    /// The one unused for longest comes first: of several beyond the minimum it is the one to go.
    private mutating func tickIdle(_ now: Instant, _ actions: inout [PoolAction]) {
        var remaining: [ConnectionID] = []
        remaining.reserveCapacity(idle.count)
        for id in idle {
            let slot = slots[id.slot]
            if slot.hasEnded(at: now) {
                close(id, .lifetime, &actions)
            } else if let timeout = configuration.idleTimeout, slot.since + timeout <= now,
                counts.open > configuration.minimum
            {
                close(id, .idle, &actions)
            } else if let interval = configuration.keepAliveInterval, slot.provenAt + interval <= now {
                move(id, to: .keepingAlive)
                actions.append(.keepAlive(id))
            } else {
                remaining.append(id)
            }
        }
        idle = remaining
    }

    private mutating func reportLeaks(_ now: Instant, _ actions: inout [PoolAction]) {
        guard let threshold = configuration.leakThreshold, counts.leased > 0 else { return }
        for place in slots.indices {
            let slot = slots[place]
            guard slot.state == .leased, !slot.isLeakReported, slot.since + threshold <= now, let origin = slot.origin
            else { continue }
            slots[place].isLeakReported = true
            actions.append(.reportLeak(origin, heldFor: now - slot.since))
        }
    }
}
