internal import CPostgres
import Glibc
import HeapModule
import Locking

/// Waits for sockets and deadlines on one thread, for any number of tasks.
///
/// A wait has a ticket. Whoever takes the ticket out of the table (the socket's event, the deadline, the cancelled
/// task) resumes the waiter, so each is resumed exactly once. The poller never owns or closes a socket: libpq does,
/// also by itself when it tries the next host, and the kernel then forgets the socket's registration.
final class Poller: Sendable {
    enum Readiness: Sendable {
        case readable, writable, either
    }

    enum Failure: Error, Equatable {
        case deadlinePassed
        case cancelled
        /// The socket cannot be watched: why, in the system's words.
        case unwatchable(String)
    }

    typealias Ticket = UInt64
    private typealias Waiter = CheckedContinuation<Result<Void, Failure>, Never>

    /// Stands for the poller's own wake-up call; never issued.
    static let alarmTicket: Ticket = 0

    /// Lives as long as the process.
    static let shared = Poller()

    private let epoll: Int32
    private let alarm: Int32
    /// Guards the table of waiters. Continuations are resumed outside it.
    private let table = Guarded(WaiterTable<Waiter>())

    /// Needs two descriptors and a thread at the first use; without them no target can be watched at all.
    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        alarm = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = Self.alarmTicket
        let isRunning =
            epoll >= 0 && alarm >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &event) == 0
            && startDetachedThread { [self] in run() }
        precondition(isRunning, "no descriptor or no thread left to wait for sockets: raise the limits of the process")
    }

    /// Returns when the socket is ready or broken; `PQconsumeInput` will tell which.
    ///
    /// - Parameters:
    ///   - fd: Must stay open until this returns, and have no other waiter.
    ///   - isShielded: Whether a cancelled task waits like any other.
    func wait(
        for fd: Int32, _ readiness: Readiness, until deadline: ContinuousClock.Instant, isShielded: Bool = false
    ) async throws(Failure) {
        try await wait(until: deadline, isShielded: isShielded) { ticket in
            guard !self.arm(fd, readiness, ticket) else { return }
            self.finish(ticket, .failure(.unwatchable(String(cString: strerror(errno)))))
        }
    }

    /// Runs `begin`, then waits until somebody calls `finish` with its ticket.
    func wait(
        until deadline: ContinuousClock.Instant, isShielded: Bool = false, _ begin: (Ticket) -> Void
    ) async throws(Failure) {
        let ticket = table.withLock { $0.issueTicket() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let oversleeps = table.withLock { $0.add(continuation, ticket, until: deadline) }
                begin(ticket)
                if oversleeps { ring() }
                // Cancelled before it was in the table: the handler found nothing then.
                if Task.isCancelled, !isShielded { finish(ticket, .failure(.cancelled)) }
            }
        } onCancel: {
            if !isShielded { finish(ticket, .failure(.cancelled)) }
        }
        try outcome.get()
    }

    /// Ends a wait; nothing happens if it has ended already.
    func finish(_ ticket: Ticket, _ outcome: Result<Void, Failure>) {
        let waiter = table.withLock { $0.remove(ticket) }
        waiter?.resume(returning: outcome)
    }

    /// Whether somebody still waits with this ticket.
    func isWaiting(_ ticket: Ticket) -> Bool {
        table.withLock { $0.contains(ticket) }
    }

    /// Asks for one event. Calls `epoll_ctl`.
    private func arm(_ fd: Int32, _ readiness: Readiness, _ ticket: Ticket) -> Bool {
        let interest: UInt32 =
            switch readiness {
            case .readable: EPOLLIN.rawValue
            case .writable: EPOLLOUT.rawValue
            case .either: EPOLLIN.rawValue | EPOLLOUT.rawValue
            }
        var event = epoll_event()
        event.events = interest | EPOLLONESHOT.rawValue
        event.data.u64 = ticket
        // Known from an earlier wait, or new: the socket or its number.
        return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0
            || (errno == ENOENT && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    }

    /// Wakes the thread, because a deadline came up that is earlier than the one it sleeps until.
    private func ring() {
        eventfd_write(alarm, 1)
    }

    /// The thread. Calls `epoll_wait`.
    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let sleep = table.withLock { $0.fallAsleep(at: .now) }
            let count = epoll_wait(epoll, &events, Int32(events.count), sleep)
            let tickets = events.prefix(Int(max(count, 0))).map { $0.data.u64 }
            if tickets.contains(Self.alarmTicket) {
                var rings: eventfd_t = 0
                eventfd_read(alarm, &rings)
            }
            let (ready, late) = table.withLock { $0.wakeUp(at: .now, ready: tickets) }
            for waiter in ready { waiter.resume(returning: .success(())) }
            for waiter in late { waiter.resume(returning: .failure(.deadlinePassed)) }
        }
    }
}
