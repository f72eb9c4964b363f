// What happens because time has passed.
extension PoolStateMachine {
    /// Does all that is due. Afterwards `nextDeadline` is exact, and later than `time`.
    package mutating func tick(at time: PoolTime) -> [PoolAction] {
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

    /// Takes one more deadline into account.
    mutating func note(_ deadline: PoolTime) { Self.lower(&nextDeadline, to: deadline) }

    /// The earliest deadline of all, from the state alone.
    package func exactDeadline() -> PoolTime? {
        var earliest = waiters.first?.deadline
        Self.lower(&earliest, to: attemptDeadline)
        Self.lower(&earliest, to: drainDeadline)
        for slot in slots { Self.lower(&earliest, to: deadline(of: slot)) }
        return earliest
    }

    /// When something must be done about a connection, if nothing happens to it before.
    func deadline(of slot: ConnectionSlot) -> PoolTime? {
        switch slot.state {
        case .gone, .opening, .resetting, .keepingAlive, .closing:
            return nil
        case .leased:
            guard let threshold = spans.leakThreshold, !slot.isLeakReported else { return nil }
            return slot.since + threshold
        case .idle:
            var earliest = slot.endsAt
            if let interval = spans.keepAliveInterval { Self.lower(&earliest, to: slot.provenAt + interval) }
            if let timeout = spans.idleTimeout, counts.open > configuration.minimum {
                Self.lower(&earliest, to: slot.since + timeout)
            }
            return earliest
        }
    }

    private static func lower(_ earliest: inout PoolTime?, to deadline: PoolTime?) {
        guard let deadline else { return }
        if let known = earliest, known <= deadline { return }
        earliest = deadline
    }

    /// The one unused for longest comes first: of several beyond the minimum it is the one to go.
    private mutating func tickIdle(_ now: PoolTime, _ actions: inout [PoolAction]) {
        var remaining: [ConnectionID] = []
        remaining.reserveCapacity(idle.count)
        for id in idle {
            let slot = slots[id.slot]
            if slot.hasEnded(at: now) {
                close(id, .lifetime, &actions)
            } else if let timeout = spans.idleTimeout, slot.since + timeout <= now,
                counts.open > configuration.minimum
            {
                close(id, .idle, &actions)
            } else if let interval = spans.keepAliveInterval, slot.provenAt + interval <= now {
                move(id, to: .keepingAlive)
                actions.append(.keepAlive(id))
            } else {
                remaining.append(id)
            }
        }
        idle = remaining
    }

    private mutating func reportLeaks(_ now: PoolTime, _ actions: inout [PoolAction]) {
        guard let threshold = spans.leakThreshold, counts.leased > 0 else { return }
        for place in slots.indices {
            let slot = slots[place]
            guard slot.state == .leased, !slot.isLeakReported, slot.since + threshold <= now, let origin = slot.origin
            else { continue }
            slots[place].isLeakReported = true
            actions.append(.reportLeak(origin, heldFor: now - slot.since))
        }
    }
}
