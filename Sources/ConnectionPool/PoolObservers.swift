/// Several observers as one: each hears of every event, in the order given.
public struct PoolObservers: PoolObserver {
    private let all: [any PoolObserver]

    public init(_ observers: [any PoolObserver]) {
        all = observers
    }

    public func opened(after duration: Duration) {
        for observer in all { observer.opened(after: duration) }
    }

    public func openFailed(_ error: any Error, after duration: Duration) {
        for observer in all { observer.openFailed(error, after: duration) }
    }

    public func closed(_ reason: CloseReason) {
        for observer in all { observer.closed(reason) }
    }

    public func acquired(after duration: Duration) {
        for observer in all { observer.acquired(after: duration) }
    }

    public func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        for observer in all { observer.acquireFailed(code, after: duration) }
    }

    public func released(after duration: Duration) {
        for observer in all { observer.released(after: duration) }
    }

    public func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) {
        for observer in all { observer.leaked(lease, heldFor: duration) }
    }

    public func keptAlive(_ succeeded: Bool) {
        for observer in all { observer.keptAlive(succeeded) }
    }
}
