/// Hears of everything that happens in a pool. The pool knows no metrics library: whoever wants metrics or log lines
/// observes it. Every method has a default that does nothing.
///
/// Called outside of the pool's lock, from any thread, after the event; a method must be quick and must not call the
/// pool. Of one connection the reports come in order: `opened`, then `acquired` and `released` by turns, then `closed`;
/// those of different connections may overtake each other, and `leaked` may come after `released`. So at any moment
/// there may be an event whose report is still to come, but each comes exactly once: when the pool has ended,
/// `acquired` = `released` + leases that last on, and `opened` = `closed` + the connections of those leases.
public protocol PoolObserver: Sendable {
    /// A connection was opened, after so long.
    func opened(after duration: Duration)
    /// A connection could not be opened.
    func openFailed(_ error: any Error, after duration: Duration)
    /// A connection that had been opened was closed.
    func closed(_ reason: CloseReason)
    /// A connection was lent, to a task that waited so long (zero if one was idle).
    func acquired(after duration: Duration)
    /// A task that asked got no connection, after so long.
    func acquireFailed(_ code: PoolError.Code, after duration: Duration)
    /// A lease ended, after so long.
    func released(after duration: Duration)
    /// A lease has lasted for longer than the leak threshold; once for each.
    func leaked(_ lease: LeaseOrigin, heldFor duration: Duration)
    /// An unused connection gave a sign of life, or not.
    func keptAlive(_ succeeded: Bool)
}

extension PoolObserver {
    public func opened(after duration: Duration) {}
    public func openFailed(_ error: any Error, after duration: Duration) {}
    public func closed(_ reason: CloseReason) {}
    public func acquired(after duration: Duration) {}
    public func acquireFailed(_ code: PoolError.Code, after duration: Duration) {}
    public func released(after duration: Duration) {}
    public func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) {}
    public func keptAlive(_ succeeded: Bool) {}
}

/// Where a connection was asked for.
public struct LeaseOrigin: Sendable, Hashable, CustomStringConvertible {
    /// `Module/File.swift`.
    public let fileID: String
    public let line: Int

    public init(fileID: String, line: Int) {
        self.fileID = fileID
        self.line = line
    }

    public var description: String { "\(fileID):\(line)" }
}

/// Observes nothing.
public struct NoObserver: PoolObserver {
    public init() {}
}

/// A pool at one moment.
public struct PoolStatistics: Sendable, Equatable {
    /// Ready to be lent.
    public var idle = 0
    /// Lent.
    public var used = 0
    /// Being opened.
    public var opening = 0
    /// Neither: being reset, asked for a sign of life, or closed.
    public var busy = 0
    /// Tasks that wait.
    public var pending = 0
    /// How long the first of them has waited; zero when none waits.
    public var oldestWait: Duration = .zero
    public var minimum = 0
    public var maximum = 0

    public init() {}
}
