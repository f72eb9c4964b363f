/// What a pool lends: one connection, whatever it leads to.
///
/// Not copyable, so that a lease (`inout` in a closure) cannot outlive its scope: to store it, to return it or to
/// capture it in a task does not compile.
public protocol PooledConnection: ~Copyable, Sendable {
    /// What the pool may do with it when a lease ends, and before it lends it again. Waits for nothing.
    var condition: ConnectionCondition { get }

    /// Ends what it runs on the other side, as far as that can be done. Called from outside while a lease still uses
    /// the connection, so it must not touch the connection's own state; it returns within a bound of its own.
    ///
    /// A module without the upcoming feature `NonisolatedNonsendingByDefault` must spell the type out as here.
    var canceller: nonisolated(nonsending) @Sendable () async -> Void { get }

    /// Makes it as good as new after a lease that left it `needsReset`. When it throws, the connection is closed.
    mutating func reset() async throws

    /// Asks the other side for a sign of life. When it throws, the connection is closed.
    mutating func keepAlive() async throws

    /// Ends it without waiting for anything. Idempotent.
    mutating func close()
}

/// What can be done with a connection that nobody uses.
public enum ConnectionCondition: Sendable, Equatable {
    /// It can be lent to the next.
    case usable
    /// Only after `reset()`.
    case needsReset
    /// It must be closed.
    case unusable(CloseReason)
}

/// Why a connection was closed; a label of metrics, so the list is closed.
public enum CloseReason: String, Sendable, CaseIterable {
    /// Unused for `idleTimeout`, beyond `minimum`.
    case idle
    /// Older than `maximumLifetime`.
    case lifetime
    /// Broken: lost, or refused a keep-alive.
    case broken
    /// Came back inside a transaction.
    case inTransaction = "in_transaction"
    /// Came back with an answer that never arrived, or could not be reset.
    case inDoubt = "in_doubt"
    /// The pool drains or was shut down.
    case shutdown
}
