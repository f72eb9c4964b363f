// When a connection is opened, and who need not wait for it.
extension PoolStateMachine {
    /// Whether one more connection is needed and may be opened, apart from the pause after a failure.
    ///
    /// One that is being reset serves a waiter soon. One that is asked for a sign of life may be dead: nobody waits
    /// for it alone.
    private var wantsOpening: Bool {
        phase == .running && counts.opening == 0 && counts.all < configuration.maximum
            && (waiters.count > counts.resetting || counts.open < configuration.minimum)
    }

    /// When the next attempt is due, if one is wanted and must wait for the pause to end.
    var attemptDeadline: PoolTime? { wantsOpening ? backoff.nextAttempt : nil }

    /// What follows from the state that an event has left: every event ends with this.
    mutating func settle(_ now: PoolTime, _ actions: inout [PoolAction]) {
        if wantsOpening {
            if let next = backoff.nextAttempt, next > now { note(next) } else { actions.append(.open(reserve(now))) }
        }
        failHopeless(now, &actions)
        finishIfDrained(&actions)
    }

    /// Nothing can come back, and the next attempt to open one is due after the time-out of those who wait.
    private mutating func failHopeless(_ now: PoolTime, _ actions: inout [PoolAction]) {
        guard counts.opening == 0, counts.returning == 0, let next = backoff.nextAttempt else { return }
        while let first = waiters.first, first.deadline < next {
            _ = waiters.popFirst()
            actions.append(.fail(first.id, refusal(.cannotConnect, waited: now - first.since)))
        }
    }

    private mutating func reserve(_ now: PoolTime) -> ConnectionID {
        connectionsMade += 1
        var slot = ConnectionSlot(serial: connectionsMade, now: now)
        slot.state = .opening
        counts.opening += 1
        guard let place = freeSlots.popLast() else {
            slots.append(slot)
            return ConnectionID(slot: slots.count - 1, serial: slot.serial)
        }
        slots[place] = slot
        return ConnectionID(slot: place, serial: slot.serial)
    }
}
