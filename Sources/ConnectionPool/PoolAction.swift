/// What the pool must do after an event, once it has let go of its lock.
package enum PoolAction: Sendable {
    /// Open a connection; then report `opened` or `openFailed`.
    case open(ConnectionID)
    /// Lend a connection to a task that waited so long.
    case lend(ConnectionID, to: WaiterID, after: Duration)
    /// Tell a waiting task that it gets none.
    case fail(WaiterID, PoolRefusal)
    /// Reset a connection; then report `resetDone` or `resetFailed`.
    case reset(ConnectionID)
    /// Ask a connection for a sign of life; then report `keepAliveDone` or `keepAliveFailed`.
    case keepAlive(ConnectionID)
    /// Close a connection; then report `closed`.
    case close(ConnectionID, CloseReason)
    /// Call the canceller of a lent connection.
    case cancelLease(ConnectionID)
    /// Tell the observer of a lease beyond the leak threshold.
    case reportLeak(LeaseOrigin, heldFor: Duration)
    /// Cancel what is being opened, reset and asked for a sign of life: the pool drains.
    case stopJobs
    /// The pool has ended; connections that are still lent are closed when they come back.
    case finish
}

/// Why a task gets no connection.
package struct PoolRefusal: Sendable {
    package let code: PoolError.Code
    package let waited: Duration
    /// What opening a connection threw last, if the last attempt failed.
    package let cause: (any Error)?
    /// False if nobody has called `run()` yet.
    package let isRun: Bool
    package let statistics: PoolStatistics
}
