internal import Locking

/// An HTTP server on one or more addresses, each with a thread of its own.
///
/// Lives until `stop()`, or until it is dropped.
package final class WebServer: Sendable {
    /// The addresses listened on, in the order given, with the ports that the system chose for port 0.
    package let boundAddresses: [ListenAddress]

    /// The running daemons; empty once stopped.
    private let daemons: Guarded<[Daemon]>

    private init(boundAddresses: [ListenAddress], daemons: [Daemon]) {
        self.boundAddresses = boundAddresses
        self.daemons = Guarded(daemons)
    }

    /// Listens on all of `addresses`, or on none: if one fails, those already opened are closed.
    ///
    /// Blocks while a host name is resolved: not for an actor or a task that others wait for.
    package static func start(
        _ addresses: [ListenAddress], options: WebServerOptions = WebServerOptions(), router: Router
    ) throws(WebServerError) -> WebServer {
        precondition(!addresses.isEmpty, "a server needs an address")
        var bound: [ListenAddress] = []
        var daemons: [Daemon] = []
        for address in addresses {
            let socket = try open(address, besides: bound)
            bound.append(ListenAddress(host: address.host, port: socket.port))
            daemons.append(try Daemon.start(on: socket, at: address, options: options, router: router))
        }
        return WebServer(boundAddresses: bound, daemons: daemons)
    }

    /// Opens the socket; a port that another address of ours holds is not called another process's.
    private static func open(
        _ address: ListenAddress, besides bound: [ListenAddress]
    ) throws(WebServerError) -> ListenSocket {
        do {
            return try ListenSocket.open(address)
        } catch {
            guard error.problem == .portTaken, let other = bound.first(where: { $0.port == address.port }) else {
                throw error
            }
            throw WebServerError(address: address, problem: .coveredBy(other))
        }
    }

    /// Closes the addresses and all connections, finished or not, and returns once the threads have ended, which takes
    /// as long as a handler runs and a few milliseconds. Only the first call does anything. Never call it from a handler: it would wait for itself.
    package func stop() {
        let stopped = daemons.withLock { daemons in
            defer { daemons = [] }
            return daemons
        }
        // The last reference goes here, outside the lock, and its `deinit` stops the daemon.
        _ = consume stopped
    }
}
