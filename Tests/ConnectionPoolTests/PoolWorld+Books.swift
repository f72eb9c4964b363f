import ConnectionPool

// The books: what the actions say, and whether the machine agrees.
extension PoolWorld {
    mutating func apply(_ actions: [PoolAction]) throws {
        events += 1
        for action in actions { try apply(action) }
        try check()
    }

    private mutating func apply(_ action: PoolAction) throws {
        switch action {
        case .open(let id):
            try expect(!isDraining && finishes == 0, "opens in a drain")
            serials += 1
            try expect(id.serial == serials, "an identifier is used twice")
            if let lastFailure { try expect(now - lastFailure >= .milliseconds(80), "no pause after a failure") }
            opening.append(id)
        case .lend(let id, let waiter, let waited):
            guard let first = waiting.first, first.id == waiter else { throw Broken("lent to another than the first") }
            try expect(waited == now - first.since, "waited for another time")
            waiting.removeFirst()
            answers += 1
            try lend(id)
        case .fail(let waiter, let refusal):
            try fail(waiter, refusal)
        case .reset(let id):
            try expect(!isDraining, "resets in a drain")
            try takeOut(id)
            resetting.append(id)
        case .keepAlive(let id):
            try expect(!isDraining, "tests in a drain")
            try takeOut(id)
            keepingAlive.append(id)
        case .close(let id, _):
            try takeOut(id)
            closing.append(id)
        case .cancelLease(let id):
            try expect(isDraining && leased.contains(id), "cancels what is not lent")
        case .reportLeak(let origin, let held):
            guard let threshold = configuration.leakThreshold else { throw Broken("reports leaks without a threshold") }
            try expect(held >= threshold && origin.line > 0, "reports a leak too early")
        case .stopJobs:
            try expect(isDraining, "stops jobs without a drain")
        case .finish:
            finishes += 1
        }
    }

    mutating func lend(_ id: ConnectionID) throws {
        try expect(!isDraining, "lends in a drain")
        if let lifetime = configuration.maximumLifetime, let opened = openedAt[id.serial] {
            try expect(now - opened < lifetime, "lends a connection past its lifetime")
        }
        try takeOut(id)
        leased.append(id)
    }

    private mutating func fail(_ waiter: WaiterID, _ refusal: PoolRefusal) throws {
        guard let index = waiting.firstIndex(where: { $0.id == waiter }) else { throw Broken("answered twice") }
        let waited = now - waiting.remove(at: index).since
        answers += 1
        try expect(refusal.waited == waited, "waited for another time")
        switch refusal.code {
        case .acquireTimeout:
            try expect(waited >= configuration.acquireTimeout, "timed out too early")
        case .tooManyWaiters:
            try expect(waiting.count >= configuration.waitersMaximum, "there was room to wait")
        case .cannotConnect:
            try expect(refusal.cause != nil, "a failure without its cause")
            try expect(leased.isEmpty, "failed though a connection could come back")
        case .shutdown:
            try expect(isDraining, "shut down without a drain")
        case .cancelled:
            break
        case .invalidConfiguration:
            throw Broken("a task is told of the configuration")
        }
    }

    /// Only what nobody has can be moved: so nothing is lent twice, nor closed twice, nor while it is used.
    private mutating func takeOut(_ id: ConnectionID) throws {
        guard let index = pooled.firstIndex(of: id) else { throw Broken("connection \(id.serial) is not in the pool") }
        pooled.remove(at: index)
    }

    /// Mutating only because a debug build copies the whole world otherwise.
    mutating func check() throws {
        let statistics = machine.statistics
        let busy = resetting.count + keepingAlive.count + closing.count
        try expect(opening.count <= 1, "opens \(opening.count) at a time")
        try expect(opening.count + pooled.count + leased.count + busy <= configuration.maximum, "above the maximum")
        try expect(
            statistics.idle == pooled.count && statistics.used == leased.count && statistics.busy == busy
                && statistics.opening == opening.count && statistics.pending == waiting.count, "the counts differ")
        try expect(pooled.isEmpty || waiting.isEmpty, "somebody waits while a connection is idle")
        try expect(waiting.count <= configuration.waitersMaximum, "too many wait")
        let exact = machine.exactDeadline()
        if let exact { try expect(machine.nextDeadline.map { $0 <= exact } ?? false, "a deadline was forgotten") }
        try expect(waiting.isEmpty || exact != nil, "somebody waits for ever")
    }
}
