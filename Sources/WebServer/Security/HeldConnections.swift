internal import CMicroHTTPD
internal import Locking

/// Connections of one daemon that MHD has set aside while somebody checks a password: they cost no thread.
///
/// All of them go on before their daemon ends, because MHD must not be stopped while it has any.
final class HeldConnections: Sendable {
    private struct State: Sendable {
        var held: Set<ConnectionReference> = []
        var isClosed = false
    }

    // Guards who is held. MHD is called under it: a connection must not be let go before it is set aside, and none may
    // be set aside once all have been let go. MHD does not call back from these two functions.
    private let state = Guarded(State())

    /// Sets a connection aside; to be called by MHD's handler. False where the daemon is about to end. Calls
    /// `MHD_suspend_connection`.
    func hold(_ connection: ConnectionReference) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.held.insert(connection)
            MHD_suspend_connection(connection.pointer)
            return true
        }
    }

    /// Lets a connection go on, if it is held. Calls `MHD_resume_connection`.
    func release(_ connection: ConnectionReference) {
        state.withLock { state in
            if state.held.remove(connection) != nil { MHD_resume_connection(connection.pointer) }
        }
    }

    /// Lets all of them go on, and holds none any more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for connection in state.held { MHD_resume_connection(connection.pointer) }
            state.held = []
        }
    }
}

/// A connection of MHD, to be told from others and handed back to MHD while it is held; never looked into.
struct ConnectionReference: @unchecked Sendable, Hashable {
    // @unchecked: MHD frees no connection that is held.
    let pointer: OpaquePointer
}
