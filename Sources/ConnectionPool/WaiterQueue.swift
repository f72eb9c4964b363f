import DequeModule

/// Names one task that waits for a connection.
package struct WaiterID: Hashable, Sendable {
    package let serial: Int

    package init(serial: Int) {
        self.serial = serial
    }
}

/// One task that waits.
struct Waiter: Sendable {
    let id: WaiterID
    let origin: LeaseOrigin
    let since: PoolTime
    let deadline: PoolTime
}

/// The tasks that wait, in the order in which they came; their deadlines are in the same order, because all wait for
/// the same time.
struct WaiterQueue: Sendable {
    private var waiters = Deque<Waiter>()

    var count: Int { waiters.count }
    var isEmpty: Bool { waiters.isEmpty }
    var first: Waiter? { waiters.first }

    mutating func append(_ waiter: Waiter) {
        if let last = waiters.last { assert(last.deadline <= waiter.deadline) }
        waiters.append(waiter)
    }

    mutating func popFirst() -> Waiter? { waiters.popFirst() }

    /// Linear in the number of waiters: few are ever cancelled.
    mutating func remove(_ id: WaiterID) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index)
    }
}
