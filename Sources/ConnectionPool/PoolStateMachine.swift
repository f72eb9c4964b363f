/// Decides everything in a pool: which connection goes to whom, which is opened, tested and closed, and when.
///
/// Pure: no clock, no I/O, no lock, no randomness. Every event is a mutating function that takes the time as a value
/// and returns what the shell must do after it has let go of its lock; the shell reports the outcome as an event.
/// Besides, the shell calls `tick` when `nextDeadline` has come.
///
/// The rules it keeps:
/// - Never more than `maximum` connections: those being opened, reset, tested and closed count.
/// - One connection is opened at a time, so that a burst does not storm the server: tasks that wait get what comes
///   first, a returned connection or the new one. A new one that nobody needs any more becomes idle.
/// - Tasks are served in the order in which they came. Of the idle connections the one used last is lent first, so
///   that surplus ones age out.
/// - After a failed attempt to open the next comes after a pause, however many wait. If nothing is lent that could
///   come back, the failure reaches all who wait; otherwise they wait until their time-out, whose error carries it.
///   A task that comes during the pause waits for the next attempt if that is due within its time-out; else it fails
///   at once with the cause of the last.
package struct PoolStateMachine: Sendable {
    enum Phase: Sendable, Equatable {
        /// Nobody runs the pool: tasks may wait, nothing is opened. Then: `running`, `ended`.
        case created
        /// Then: `draining`.
        case running
        /// Nothing is lent any more; at this time leases are cancelled. Then: `cancelling`, `ended`.
        case draining(until: PoolTime)
        /// Leases were cancelled; at this time the pool ends without those that remain. Then: `ended`.
        case cancelling(until: PoolTime)
        /// What is still lent is closed when it comes back.
        case ended
    }

    /// How long cancelled leases may take to end.
    package static let cancellationBound: Duration = .seconds(1)

    let configuration: PoolConfiguration
    let spans: PoolSpans
    var phase = Phase.created
    var slots: [ConnectionSlot] = []
    /// Places in `slots` where nothing is.
    var freeSlots: [Int] = []
    /// By last use; the one used last is at the end.
    var idle: [ConnectionID] = []
    var waiters = WaiterQueue()
    var counts = StateCounts()
    var backoff: OpenBackoff
    var connectionsMade = 0
    /// The latest time that any event brought.
    private var latest: PoolTime?
    /// `tick` must be called then; nothing is due earlier. Events may leave it too early, never too late.
    package internal(set) var nextDeadline: PoolTime?

    package init(_ configuration: PoolConfiguration) {
        self.configuration = configuration
        spans = PoolSpans(configuration)
        backoff = OpenBackoff(configuration.openBackoff)
    }

    package var isRun: Bool { phase != .created }
    package var hasEnded: Bool { phase == .ended }

    package var statistics: PoolStatistics {
        var statistics = PoolStatistics()
        statistics.idle = counts.idle
        statistics.used = counts.leased
        statistics.opening = counts.opening
        statistics.busy = counts.resetting + counts.keepingAlive + counts.closing
        statistics.pending = waiters.count
        statistics.minimum = configuration.minimum
        statistics.maximum = configuration.maximum
        return statistics
    }

    /// The same, and how long the first task in the queue has waited.
    package func statistics(at time: PoolTime) -> PoolStatistics {
        var statistics = statistics
        if let first = waiters.first { statistics.oldestWait = max(.zero, time - first.since) }
        return statistics
    }

    // MARK: Events of the pool's users

    /// Somebody runs the pool now.
    package mutating func start(at time: PoolTime) -> [PoolAction] {
        precondition(phase == .created, "a pool is run once")
        let now = advance(to: time)
        phase = .running
        var actions: [PoolAction] = []
        settle(now, &actions)
        return actions
    }

    /// Lends an idle connection at once, if there is one: the way without a waiter, and without actions.
    package mutating func lendIdle(origin: LeaseOrigin, at time: PoolTime) -> ConnectionID? {
        guard let id = idle.last else { return nil }
        let now = advance(to: time)
        guard !slots[id.slot].hasEnded(at: now) else { return nil }
        idle.removeLast()
        lease(id, origin: origin, at: now)
        return id
    }

    /// A task asks for a connection. It is answered once, now or later, by `lend` or `fail`.
    package mutating func acquire(_ waiter: WaiterID, origin: LeaseOrigin, at time: PoolTime) -> [PoolAction] {
        let now = advance(to: time)
        var actions: [PoolAction] = []
        switch phase {
        case .draining, .cancelling, .ended:
            return [.fail(waiter, refusal(.shutdown))]
        case .created, .running:
            closeEndedIdle(now, &actions)
            if let id = lendIdle(origin: origin, at: now) {
                actions.append(.lend(id, to: waiter, after: .zero))
            } else if waiters.count >= configuration.waitersMaximum {
                actions.append(.fail(waiter, refusal(.tooManyWaiters)))
            } else {
                let deadline = now + spans.acquireTimeout
                waiters.append(Waiter(id: waiter, origin: origin, since: now, deadline: deadline))
                note(deadline)
            }
        }
        settle(now, &actions)
        return actions
    }

    /// A task that waits was cancelled. Nothing happens if it has been answered already.
    package mutating func cancel(_ waiter: WaiterID, at time: PoolTime) -> [PoolAction] {
        let now = advance(to: time)
        guard let waiting = waiters.remove(waiter) else { return [] }
        return [.fail(waiter, refusal(.cancelled, waited: now - waiting.since))]
    }

    // MARK: Parts

    /// Time never runs backwards in here, though two threads may come to the lock in another order than they read it.
    mutating func advance(to time: PoolTime) -> PoolTime {
        let now = if let latest, latest > time { latest } else { time }
        latest = now
        return now
    }

    func refusal(_ code: PoolError.Code, waited: Duration = .zero) -> PoolRefusal {
        PoolRefusal(code: code, waited: waited, cause: backoff.cause, isRun: isRun, statistics: statistics)
    }

    mutating func move(_ id: ConnectionID, to state: ConnectionState) {
        counts.add(-1, to: slots[id.slot].state)
        slots[id.slot].state = state
        counts.add(1, to: state)
    }

    /// Checks an event of the shell against what the connection does.
    func expect(_ id: ConnectionID, _ state: ConnectionState) {
        precondition(
            slots[id.slot].serial == id.serial && slots[id.slot].state == state,
            "connection \(id.serial) is not \(state)")
    }

    mutating func lease(_ id: ConnectionID, origin: LeaseOrigin, at now: PoolTime) {
        move(id, to: .leased)
        slots[id.slot].since = now
        slots[id.slot].origin = origin
        slots[id.slot].isLeakReported = false
        if let threshold = spans.leakThreshold { note(now + threshold) }
    }
}
