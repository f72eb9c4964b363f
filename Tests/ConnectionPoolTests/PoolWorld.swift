import ConnectionPool
import TestSupport

/// A broken invariant.
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw Broken(what()) }
}

/// All that is around a state machine: tasks, connections, a server and time, all at random. It keeps books of its own
/// from the actions alone, and compares them with the machine's after every event.
struct PoolWorld {
    let configuration: PoolConfiguration
    var machine: PoolStateMachine
    var random: SeededRandom
    var now: PoolTime

    var opening: [ConnectionID] = []
    var pooled: [ConnectionID] = []
    var leased: [ConnectionID] = []
    var resetting: [ConnectionID] = []
    var keepingAlive: [ConnectionID] = []
    var closing: [ConnectionID] = []
    /// When each was opened, by serial; a serial that is missing was never opened or is gone.
    var openedAt: [Int: PoolTime] = [:]
    var opened = 0
    var closed = 0
    var serials = 0
    /// In order.
    var waiting: [(id: WaiterID, since: PoolTime)] = []
    var waiters = 0
    var answers = 0
    var finishes = 0
    var lastFailure: PoolTime?
    var isDraining = false
    var events = 0
    var isWell = true

    init(_ configuration: PoolConfiguration, seed: UInt64) {
        self.configuration = configuration
        machine = PoolStateMachine(configuration)
        random = SeededRandom(seed: seed)
        now = PoolTime(nanoseconds: 0)
    }

    // MARK: The course of a pool's life

    /// Lives through random events; then the world becomes well, and at last the pool is drained.
    ///
    /// - Returns: how many events the machine saw.
    mutating func live(steps: Int) throws -> Int {
        try maybeWaitBeforeStart()
        try apply(machine.start(at: now))
        for _ in 0..<steps { try step() }
        try becomeWell()
        try drain()
        return events
    }

    private mutating func maybeWaitBeforeStart() throws {
        for _ in 0..<Int.random(in: 0...3, using: &random) { try acquire() }
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: try acquire()
        case 25..<30: try cancel()
        case 30..<50: try release()
        case 50..<62: try finishOpening()
        case 62..<70: try finishReset()
        case 70..<76: try finishKeepAlive()
        case 76..<84: try finishClosing()
        case 84..<98: try pass(.microseconds(Int.random(in: 0...60_000, using: &random)))
        case 98: try pass(.milliseconds(Int.random(in: 0...20_000, using: &random)))
        default: isWell = Bool.random(using: &random)
        }
    }

    /// Everybody gives back, everything succeeds: the minimum must be there again, and nobody may wait.
    private mutating func becomeWell() throws {
        isWell = true
        for _ in 0..<500 {
            try giveAllBack(.usable)
            if waiting.isEmpty, opening.isEmpty, leased.isEmpty, closing.isEmpty, pooled.count >= configuration.minimum
            {
                return
            }
            guard leased.isEmpty else { continue }
            guard let next = machine.nextDeadline else { throw Broken("nothing is due, and the world is not well") }
            try pass(max(.zero, next - now))
        }
        throw Broken("the minimum is not restored: \(machine.statistics)")
    }

    private mutating func drain() throws {
        let bound = Duration.seconds(Int.random(in: 0...5, using: &random))
        // Some lease hangs, some opening is under way.
        for _ in 0..<Int.random(in: 0...4, using: &random) { try acquire() }
        isDraining = true
        try apply(machine.drain(by: now + bound, at: now))
        for _ in 0..<20 {
            try acquire()
            try step()
        }
        isWell = true
        try finishJobs()
        let hangs = Bool.random(using: &random)
        if !hangs { try giveAllBack(.needsReset) }
        var ticks = 0
        while !machine.hasEnded {
            ticks += 1
            try expect(ticks < 100, "a drain does not end")
            guard let next = machine.nextDeadline else { throw Broken("a drain without a deadline") }
            try pass(max(.zero, next - now))
            try finishJobs()
        }
        try giveAllBack(.needsReset)
        try expect(machine.statistics == PoolStateMachine(configuration).statistics, "something is left")
        try expect(finishes == 1, "finished \(finishes) times")
        try expect(answers == waiters, "a waiter was not answered")
        try expect(opened == closed, "opened \(opened), closed \(closed)")
    }

    private mutating func giveAllBack(_ condition: ConnectionCondition) throws {
        while let id = Self.take(&leased, &random) {
            pooled.append(id)
            try apply(machine.released(id, condition, at: now))
        }
        try finishJobs()
    }

    private mutating func finishJobs() throws {
        while !(opening.isEmpty && resetting.isEmpty && keepingAlive.isEmpty && closing.isEmpty) {
            try finishOpening()
            try finishReset()
            try finishKeepAlive()
            try finishClosing()
        }
    }

    // MARK: Events

    private mutating func acquire() throws {
        waiters += 1
        let origin = LeaseOrigin(fileID: "World/Task.swift", line: waiters)
        if let id = machine.lendIdle(origin: origin, at: now) {
            try expect(waiting.isEmpty, "somebody was overtaken")
            answers += 1
            events += 1
            try lend(id)
            try check()
            return
        }
        let waiter = WaiterID(serial: waiters)
        waiting.append((waiter, now))
        try apply(machine.acquire(waiter, origin: origin, at: now))
    }

    private mutating func cancel() throws {
        guard let waiter = waiting.randomElement(using: &random) else { return }
        let before = waiting.count
        try apply(machine.cancel(waiter.id, at: now))
        try expect(waiting.count == before - 1, "a cancelled waiter stays")
    }

    private mutating func release() throws {
        guard let id = Self.take(&leased, &random) else { return }
        let condition: ConnectionCondition =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: .usable
            case 6..<8: .needsReset
            default: .unusable(CloseReason.allCases.randomElement(using: &random) ?? .broken)
            }
        pooled.append(id)
        try apply(machine.released(id, condition, at: now))
    }

    private mutating func finishOpening() throws {
        guard let id = Self.take(&opening, &random) else { return }
        let jitter = Double.random(in: 0..<1, using: &random)
        if isWell || Int.random(in: 0..<4, using: &random) == 0 {
            opened += 1
            openedAt[id.serial] = now
            lastFailure = nil
            pooled.append(id)
            try apply(machine.opened(id, at: now, jitter: jitter))
        } else {
            lastFailure = now
            try apply(machine.openFailed(id, FakeError(), at: now, jitter: jitter))
        }
    }

    private mutating func finishReset() throws {
        guard let id = Self.take(&resetting, &random) else { return }
        pooled.append(id)
        let actions = succeeds() ? machine.resetDone(id, at: now) : machine.resetFailed(id, .inDoubt, at: now)
        try apply(actions)
    }

    private mutating func finishKeepAlive() throws {
        guard let id = Self.take(&keepingAlive, &random) else { return }
        pooled.append(id)
        let actions = succeeds() ? machine.keepAliveDone(id, at: now) : machine.keepAliveFailed(id, .broken, at: now)
        try apply(actions)
    }

    private mutating func finishClosing() throws {
        guard let id = Self.take(&closing, &random) else { return }
        closed += 1
        openedAt[id.serial] = nil
        try apply(machine.closed(id, at: now))
    }

    /// Time passes, with a tick whenever one is due.
    private mutating func pass(_ duration: Duration) throws {
        let end = now + duration
        while let next = machine.nextDeadline, next <= end {
            now = max(now, next)
            try apply(machine.tick(at: now))
            try expect(machine.nextDeadline == machine.exactDeadline(), "a tick left a deadline that is not exact")
            if let after = machine.nextDeadline { try expect(after > now, "a tick did not do what was due") }
        }
        now = max(now, end)
    }

    private mutating func succeeds() -> Bool { isWell || Bool.random(using: &random) }

    private static func take(_ ids: inout [ConnectionID], _ random: inout SeededRandom) -> ConnectionID? {
        guard !ids.isEmpty else { return nil }
        ids.swapAt(Int.random(in: ids.indices, using: &random), ids.endIndex - 1)
        return ids.removeLast()
    }
}
