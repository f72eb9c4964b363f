/// The place where a connection lives from its opening to its end.
///
/// A class without the connection's type, so that the code under the pool's lock is not generic. The state machine
/// gives it to one at a time: to a lease, to the pool while it resets or tests it, or to whoever closes it.
// @unchecked: that alternation is what makes it safe; the lock orders it.
class AnyConnectionBox: @unchecked Sendable {
    let id: ConnectionID
    /// May be called while another uses the connection.
    let canceller: @Sendable () async -> Void

    init(id: ConnectionID, canceller: @escaping @Sendable () async -> Void) {
        self.id = id
        self.canceller = canceller
    }

    func close() { preconditionFailure("a box closes its connection") }
}

// @unchecked: as the class above.
final class ConnectionBox<Connection: PooledConnection & ~Copyable>: AnyConnectionBox, @unchecked Sendable {
    var connection: Connection

    init(id: ConnectionID, _ connection: consuming Connection) {
        let canceller = connection.canceller
        self.connection = connection
        super.init(id: id, canceller: canceller)
    }

    override func close() { connection.close() }
}

/// A connection in use by one task.
struct Lease: Sendable {
    let box: AnyConnectionBox
    let since: PoolTime
    /// How long its task waited.
    let waited: Duration
}
