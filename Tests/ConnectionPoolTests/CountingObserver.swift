import ConnectionPool
import Locking

/// Counts all that a pool reports.
final class CountingObserver: PoolObserver {
    struct Counts: Sendable {
        var opened = 0
        var openFailed = 0
        var closed: [CloseReason: Int] = [:]
        var acquired = 0
        var acquireFailed: [PoolError.Code: Int] = [:]
        var released = 0
        var leaked: [LeaseOrigin] = []
        var keptAlive = 0
        var keepAliveFailed = 0
        var allClosed: Int { closed.values.reduce(0, +) }
        var allAcquireFailed: Int { acquireFailed.values.reduce(0, +) }
    }

    private let counts = Guarded(Counts())

    var now: Counts { counts.withLock { $0 } }

    func opened(after duration: Duration) { counts.withLock { $0.opened += 1 } }
    func openFailed(_ error: any Error, after duration: Duration) { counts.withLock { $0.openFailed += 1 } }
    func closed(_ reason: CloseReason) { counts.withLock { $0.closed[reason, default: 0] += 1 } }
    func acquired(after duration: Duration) { counts.withLock { $0.acquired += 1 } }
    func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        counts.withLock { $0.acquireFailed[code, default: 0] += 1 }
    }
    func released(after duration: Duration) { counts.withLock { $0.released += 1 } }
    func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) { counts.withLock { $0.leaked.append(lease) } }
    func keptAlive(_ succeeded: Bool) {
        counts.withLock { if succeeded { $0.keptAlive += 1 } else { $0.keepAliveFailed += 1 } }
    }
}
