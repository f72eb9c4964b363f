/// All that is behind a pool's lock: the state machine, and what its identifiers stand for.
///
/// An event's actions are sorted here: what whoever caused the event does at once, after the lock, is an `Effect`; what
/// takes time is an `Order` for the task that runs the pool.
struct PoolCore: Sendable {
    /// What a task that waits gets.
    enum Answer: Sendable {
        case lent(Lease)
        case refused(PoolRefusal)
    }

    /// Done by whoever caused the event, in this order, outside of the lock.
    enum Effect: Sendable {
        case answer(CheckedContinuation<Answer, Never>, Answer)
        case close(AnyConnectionBox, CloseReason)
        case reportLeak(LeaseOrigin, heldFor: Duration)
        case resume(CheckedContinuation<Void, Never>)
        /// There are orders for the task that runs the pool.
        case wake
    }

    /// Done by the task that runs the pool.
    enum Order: Sendable {
        case open(ConnectionID)
        case reset(AnyConnectionBox)
        case keepAlive(AnyConnectionBox)
        case cancelLease(AnyConnectionBox)
        /// Call `tick` then.
        case tick(at: PoolTime)
        /// Cancel what is being opened, reset and tested.
        case stopJobs
        case finish
    }

    private(set) var machine: PoolStateMachine
    /// By slot.
    private var boxes: [AnyConnectionBox?] = []
    private var waiting: [WaiterID: CheckedContinuation<Answer, Never>] = [:]
    private var waitersMade = 0
    /// Tasks that wait for the end of the pool.
    private var drainers: [Int: CheckedContinuation<Void, Never>] = [:]
    private var drainersMade = 0
    private var orders: [Order] = []
    /// The ticks that have been ordered and not yet come, each earlier than the one before. So there are few: one for
    /// each kind of deadline at most, and one for each lifetime.
    private var ticks: [PoolTime] = []

    init(_ configuration: PoolConfiguration) {
        machine = PoolStateMachine(configuration)
    }

    // MARK: Leases

    mutating func lendIdle(_ origin: LeaseOrigin, at now: PoolTime, _ effects: inout [Effect]) -> Lease? {
        guard let id = machine.lendIdle(origin: origin, at: now) else { return nil }
        orderTick(&effects)
        return Lease(box: box(id), since: now, waited: .zero)
    }

    mutating func makeWaiter() -> WaiterID {
        waitersMade += 1
        return WaiterID(serial: waitersMade)
    }

    mutating func acquire(
        _ waiter: WaiterID, _ origin: LeaseOrigin, _ continuation: CheckedContinuation<Answer, Never>, at now: PoolTime
    ) -> [Effect] {
        waiting[waiter] = continuation
        return sort(machine.acquire(waiter, origin: origin, at: now), at: now)
    }

    // MARK: Other events

    /// An event of the machine that concerns the pool as a whole, or a connection that is known already.
    mutating func event(at now: PoolTime, _ event: (inout PoolStateMachine) -> [PoolAction]) -> [Effect] {
        let actions = event(&machine)
        return sort(actions, at: now)
    }

    mutating func opened(_ box: AnyConnectionBox, at now: PoolTime, jitter: Double) -> [Effect] {
        while boxes.count <= box.id.slot { boxes.append(nil) }
        boxes[box.id.slot] = box
        return sort(machine.opened(box.id, at: now, jitter: jitter), at: now)
    }

    mutating func closed(_ box: AnyConnectionBox, at now: PoolTime) -> [Effect] {
        boxes[box.id.slot] = nil
        return sort(machine.closed(box.id, at: now), at: now)
    }

    mutating func ticked(orderedFor deadline: PoolTime, at now: PoolTime) -> [Effect] {
        ticks.removeAll { $0 == deadline }
        return sort(machine.tick(at: now), at: now)
    }

    mutating func takeOrders() -> [Order] {
        defer { orders.removeAll() }
        return orders
    }

    // MARK: Those who wait for the end

    mutating func makeDrainer() -> Int {
        drainersMade += 1
        return drainersMade
    }

    /// False if the pool has ended already.
    mutating func awaitEnd(_ drainer: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard !machine.hasEnded else { return false }
        drainers[drainer] = continuation
        return true
    }

    mutating func forget(drainer: Int) -> CheckedContinuation<Void, Never>? { drainers.removeValue(forKey: drainer) }

    // MARK: Parts

    private func box(_ id: ConnectionID) -> AnyConnectionBox {
        guard let box = boxes[id.slot], box.id == id else { preconditionFailure("connection \(id.serial) is not here") }
        return box
    }

    private mutating func sort(_ actions: [PoolAction], at now: PoolTime) -> [Effect] {
        var effects: [Effect] = []
        for action in actions { sort(action, at: now, &effects) }
        orderTick(&effects)
        return effects
    }

    private mutating func sort(_ action: PoolAction, at now: PoolTime, _ effects: inout [Effect]) {
        switch action {
        case .lend(let id, let waiter, let waited):
            answer(waiter, .lent(Lease(box: box(id), since: now, waited: waited)), &effects)
        case .fail(let waiter, let refusal):
            answer(waiter, .refused(refusal), &effects)
        case .close(let id, let reason):
            effects.append(.close(box(id), reason))
        case .reportLeak(let origin, let held):
            effects.append(.reportLeak(origin, heldFor: held))
        case .open(let id):
            order(.open(id), &effects)
        case .reset(let id):
            order(.reset(box(id)), &effects)
        case .keepAlive(let id):
            order(.keepAlive(box(id)), &effects)
        case .cancelLease(let id):
            order(.cancelLease(box(id)), &effects)
        case .stopJobs:
            order(.stopJobs, &effects)
        case .finish:
            order(.finish, &effects)
            for continuation in drainers.values { effects.append(.resume(continuation)) }
            drainers.removeAll()
        }
    }

    private mutating func answer(_ waiter: WaiterID, _ answer: Answer, _ effects: inout [Effect]) {
        guard let continuation = waiting.removeValue(forKey: waiter) else {
            preconditionFailure("waiter \(waiter.serial) does not wait")
        }
        effects.append(.answer(continuation, answer))
    }

    private mutating func order(_ order: Order, _ effects: inout [Effect]) {
        // The first order wakes the task that runs the pool; it takes all that have come until then.
        if orders.isEmpty { effects.append(.wake) }
        orders.append(order)
    }

    private mutating func orderTick(_ effects: inout [Effect]) {
        guard let next = machine.nextDeadline, machine.isRun, !machine.hasEnded else { return }
        if let earliest = ticks.last, earliest <= next { return }
        ticks.append(next)
        order(.tick(at: next), &effects)
    }
}
