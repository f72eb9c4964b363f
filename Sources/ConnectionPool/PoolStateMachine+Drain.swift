// The end of a pool.
extension PoolStateMachine {
    /// Lends no more, and ends when every connection is closed. Leases have until `deadline`; then they are cancelled,
    /// and `cancellationBound` later the pool ends without those that remain. Of several deadlines the earliest counts.
    package mutating func drain(by deadline: PoolTime, at time: PoolTime) -> [PoolAction] {
        let now = advance(to: time)
        var actions: [PoolAction] = []
        switch phase {
        case .created, .running:
            actions.append(.stopJobs)
            phase = .draining(until: deadline)
            while let waiter = waiters.popFirst() {
                actions.append(.fail(waiter.id, refusal(.shutdown, waited: now - waiter.since)))
            }
            for id in idle { close(id, .shutdown, &actions) }
            idle.removeAll()
        case .draining(let earlier):
            phase = .draining(until: min(earlier, deadline))
        case .cancelling, .ended:
            return []
        }
        settle(now, &actions)
        if let drainDeadline { note(drainDeadline) }
        return actions
    }

    var drainDeadline: PoolTime? {
        switch phase {
        case .created, .running, .ended: nil
        case .draining(let until), .cancelling(let until): until
        }
    }

    mutating func tickDrain(_ now: PoolTime, _ actions: inout [PoolAction]) {
        switch phase {
        case .draining(let until) where until <= now:
            phase = .cancelling(until: now + Self.cancellationBound)
            for (place, slot) in slots.enumerated() where slot.state == .leased {
                actions.append(.cancelLease(ConnectionID(slot: place, serial: slot.serial)))
            }
        case .cancelling(let until) where until <= now:
            phase = .ended
            actions.append(.finish)
        case .created, .running, .draining, .cancelling, .ended:
            break
        }
    }

    mutating func finishIfDrained(_ actions: inout [PoolAction]) {
        guard drainDeadline != nil, counts.all == 0 else { return }
        phase = .ended
        actions.append(.finish)
    }
}
