import HeapModule

/// The waiters of a poller by ticket and by deadline. Pure.
struct WaiterTable<Waiter: Sendable>: Sendable {
    private struct Entry: Sendable {
        let waiter: Waiter
        let deadline: ContinuousClock.Instant
    }

    private struct Alarm: Comparable, Sendable {
        let instant: ContinuousClock.Instant
        let ticket: Poller.Ticket

        static func < (left: Alarm, right: Alarm) -> Bool { left.instant < right.instant }
    }

    private enum Thread: Sendable {
        case awake
        /// Nil: until something happens.
        case asleep(until: ContinuousClock.Instant?)
    }

    private var lastTicket = Poller.alarmTicket
    private var entries: [Poller.Ticket: Entry] = [:]
    /// One alarm per waiter, and those of waiters that are gone until they come up or outnumber the living.
    private var alarms = Heap<Alarm>()
    private var thread = Thread.awake

    var count: Int { entries.count }
    var alarmCount: Int { alarms.count }

    mutating func issueTicket() -> Poller.Ticket {
        lastTicket += 1
        return lastTicket
    }

    func contains(_ ticket: Poller.Ticket) -> Bool {
        entries[ticket] != nil
    }

    /// Returns whether the thread sleeps beyond this deadline and must be woken.
    mutating func add(_ waiter: Waiter, _ ticket: Poller.Ticket, until deadline: ContinuousClock.Instant) -> Bool {
        entries[ticket] = Entry(waiter: waiter, deadline: deadline)
        if alarms.count > 64 + 2 * entries.count {
            alarms = Heap(entries.map { Alarm(instant: $0.value.deadline, ticket: $0.key) })
        } else {
            alarms.insert(Alarm(instant: deadline, ticket: ticket))
        }
        switch thread {
        case .awake: return false
        case .asleep(let until):
            if let until, until <= deadline { return false }
            thread = .asleep(until: deadline)
            return true
        }
    }

    mutating func remove(_ ticket: Poller.Ticket) -> Waiter? {
        entries.removeValue(forKey: ticket)?.waiter
    }

    /// How long the thread may sleep now, in milliseconds rounded up; -1 for as long as nothing happens.
    ///
    /// The alarm of a waiter that is gone counts: a session's next wait ends later than its last one would have, and so
    /// need not wake the thread. It sleeps too little once, and `wakeUp` then forgets such alarms.
    mutating func fallAsleep(at now: ContinuousClock.Instant) -> Int32 {
        let next = alarms.min?.instant
        thread = .asleep(until: next)
        guard let next else { return -1 }
        guard next > now else { return 0 }
        let (seconds, attoseconds) = (next - now).components
        guard seconds < 60 else { return 60_000 }
        return Int32(seconds) * 1_000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Takes out the waiters whose socket is ready, and those whose deadline has passed.
    mutating func wakeUp(
        at now: ContinuousClock.Instant, ready tickets: [Poller.Ticket]
    ) -> (ready: [Waiter], late: [Waiter]) {
        thread = .awake
        let ready = tickets.compactMap { remove($0) }
        var late: [Waiter] = []
        while let next = alarms.min, next.instant <= now {
            alarms.removeMin()
            if let waiter = remove(next.ticket) { late.append(waiter) }
        }
        if ready.isEmpty {
            while let next = alarms.min, entries[next.ticket] == nil { alarms.removeMin() }
        }
        return (ready, late)
    }
}
