internal import Locking

/// An HTTP server on one or more addresses, each with a thread of its own.
///
/// Lives until `stop()`, or until it is dropped.
package final class WebServer: Sendable {
    /// The addresses listened on, in the order given, with the ports that the system chose for port 0.
    package let boundAddresses: [ListenAddress]

    private struct State: Sendable {
        /// The running daemons; empty once stopped.
        var daemons: [Daemon] = []
        /// Those whose place others have taken, while they finish what they have begun.
        var retired: [Daemon] = []
        /// What holds now; nil where the server was started without.
        var security: WebServerSecurity?
        var isStopped = false
    }

    private let options: WebServerOptions
    private let router: Router
    private let gatekeeper: Gatekeeper?
    // Guards which daemons there are.
    private let state: Guarded<State>

    private init(
        boundAddresses: [ListenAddress], options: WebServerOptions, router: Router, gatekeeper: Gatekeeper?,
        _ state: State
    ) {
        self.boundAddresses = boundAddresses
        self.options = options
        self.router = router
        self.gatekeeper = gatekeeper
        self.state = Guarded(state)
    }

    /// Listens on all of `addresses`, or on none: if one fails, those already opened are closed.
    ///
    /// Blocks while a host name is resolved: not for an actor or a task that others wait for.
    ///
    /// - Parameter security: Nil for plain HTTP to everybody, for good; else `secure` can change it.
    package static func start(
        _ addresses: [ListenAddress], options: WebServerOptions = WebServerOptions(), router: Router,
        security: WebServerSecurity? = nil
    ) throws(WebServerError) -> WebServer {
        precondition(!addresses.isEmpty, "a server needs an address")
        precondition(security == nil || options.threads != .perConnection, "such threads cannot set a request aside")
        let gatekeeper = security.map(Gatekeeper.init)
        let settings = DaemonSettings(options: options, router: router, gatekeeper: gatekeeper, tls: security?.tls)
        var bound: [ListenAddress] = []
        var state = State(security: security)
        for address in addresses {
            let socket = try open(address, besides: bound)
            bound.append(ListenAddress(host: address.host, port: socket.port))
            state.daemons.append(try Daemon.start(on: socket, at: address, settings))
        }
        return WebServer(
            boundAddresses: bound, options: options, router: router, gatekeeper: gatekeeper, state)
    }

    /// Takes other users, certificates or limits from now on, without a moment in which nobody listens, or in which
    /// somebody gets in whom neither the old rules nor the new ones let in. Users hold at once, for everybody. For new
    /// certificates other daemons take the place of the running ones, which get no new connections; those that they have
    /// end with `endRetired`, or when they are replaced once more.
    ///
    /// Only for a server that was started with `security`; one call at a time.
    ///
    /// - Throws: What keeps a daemon from starting; then all goes on as before.
    package func secure(_ security: WebServerSecurity) throws(WebServerError) {
        guard let gatekeeper, let before = state.withLock({ $0.security }) else {
            preconditionFailure("this server was started without security")
        }
        // Passwords may take the place of certificates, or certificates that of passwords.
        if !security.users.isEmpty { gatekeeper.update(security) }
        if before.tls != security.tls {
            do throws(WebServerError) {
                try replaceDaemons(security, gatekeeper)
            } catch {
                gatekeeper.update(before)
                throw error
            }
        }
        // Connections from before are asked for passwords only: without any they would be open to everybody.
        if !before.users.isEmpty, security.users.isEmpty { endRetired() }
        gatekeeper.update(security)
        state.withLock { $0.security = security }
    }

    private func replaceDaemons(_ security: WebServerSecurity, _ gatekeeper: Gatekeeper) throws(WebServerError) {
        let running = state.withLock { $0.daemons }
        let settings = DaemonSettings(options: options, router: router, gatekeeper: gatekeeper, tls: security.tls)
        var fresh: [Daemon] = []
        for (daemon, address) in zip(running, boundAddresses) {
            fresh.append(try Daemon.start(on: daemon.duplicateSocket(of: address), at: address, settings))
        }
        let surplus = state.withLock { state in
            guard !state.isStopped else { return fresh }
            defer { (state.daemons, state.retired) = (fresh, running) }
            return state.retired
        }
        for daemon in running { daemon.quiesce() }
        _ = consume surplus
    }

    /// Ends the connections that were made before the last change of certificates, in the midst of a reply too.
    package func endRetired() {
        let retired = state.withLock { state in
            defer { state.retired = [] }
            return state.retired
        }
        _ = consume retired
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
    /// as long as a handler runs and a few milliseconds. Only the first call does anything. Never call it from a handler:
    /// it would wait for itself.
    package func stop() {
        let stopped = state.withLock { state in
            defer { (state.daemons, state.retired, state.isStopped) = ([], [], true) }
            return state.daemons + state.retired
        }
        // The last reference goes here, outside the lock, and its `deinit` stops the daemon.
        _ = consume stopped
    }
}
