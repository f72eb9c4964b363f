import Glibc
internal import CMicroHTTPD
internal import Locking

/// One running MHD daemon: a listen socket, its connections and the thread that serves them; stopped when dropped.
final class Daemon: Sendable {
    // MHD's thread uses it until `deinit` has stopped that thread.
    private let service: Service
    // MHD has pointers into it.
    private let tls: ServerTLS?
    // nonisolated(unsafe): set once, used once, in `deinit`.
    nonisolated(unsafe) private let handle: OpaquePointer
    private let descriptor: Int32
    // Guards whether MHD has given the socket back, which it closes otherwise.
    private let isQuiet = Guarded(false)

    private init(owning handle: OpaquePointer, on descriptor: Int32, service: Service, tls: ServerTLS?) {
        self.handle = handle
        self.descriptor = descriptor
        self.service = service
        self.tls = tls
    }

    /// Closes the listen socket and all connections, and waits for the thread to end. Calls `MHD_stop_daemon`.
    deinit {
        service.close()
        MHD_stop_daemon(handle)
        if isQuiet.withLock({ $0 }) { close(descriptor) }
    }

    /// Serves `socket`. Fails where the system has no thread or descriptor left. Calls `MHD_start_daemon`.
    static func start(
        on socket: consuming ListenSocket, at address: ListenAddress, _ service: DaemonSettings
    ) throws(WebServerError) -> Daemon {
        let (options, tls) = (service.options, service.tls)
        let service = Service(
            router: service.router, connectionLimit: options.connectionLimit, admission: service.admission)
        // MHD owns the socket from here. Where it fails to start it closes the socket in some cases and not in
        // others, so it is not closed again: by then the number may be another file's.
        let descriptor = socket.release()
        var items = [
            item(.LISTEN_SOCKET, Int(descriptor)),
            // MHD leaves connections above its limit waiting unanswered. `Service` refuses them one earlier.
            item(.CONNECTION_LIMIT, options.connectionLimit + 1),
            item(.PER_IP_CONNECTION_LIMIT, options.connectionsPerAddress),
            item(.CONNECTION_TIMEOUT, options.idleTimeoutSeconds),
            item(.CONNECTION_MEMORY_LIMIT, options.memoryPerConnection),
        ]
        // No MHD_USE_ERROR_LOG: MHD stays silent. MHD's threads block SIGPIPE.
        var flags =
            MHD_USE_AUTO_INTERNAL_THREAD.rawValue | MHD_USE_ITC.rawValue
        switch options.threads {
        case .one: break
        case .pool(let size): items.insert(item(.THREAD_POOL_SIZE, size), at: 0)
        case .perConnection: flags |= MHD_USE_THREAD_PER_CONNECTION.rawValue
        }
        if options.threads != .perConnection { flags |= MHD_ALLOW_SUSPEND_RESUME.rawValue }
        if let tls {
            flags |= MHD_USE_TLS.rawValue
            items += [
                item(.HTTPS_MEM_CERT, tls.certificate), item(.HTTPS_MEM_KEY, tls.key),
                item(.HTTPS_PRIORITIES, tls.priorities),
            ]
            // With it MHD asks clients for a certificate. Whether it is a good one is up to `Admission`.
            if let authorities = tls.clients.authorities {
                items.append(item(.HTTPS_MEM_TRUST, authorities.certificates))
            }
        }
        items.append(item(.END, 0))
        guard
            let handle = poolscope_start_daemon(
                flags, acceptConnection, handleRequest, countConnection, service.context, &items)
        else { throw WebServerError(address: address, problem: .init(errno: errno)) }
        return Daemon(owning: handle, on: descriptor, service: service, tls: tls)
    }

    /// The socket once more, for a daemon that takes the place of this one. Calls `dup`.
    func duplicateSocket(of address: ListenAddress) throws(WebServerError) -> ListenSocket {
        try ListenSocket.duplicate(descriptor, of: address)
    }

    /// Takes no new connections from now on; those that there are go on. Calls `MHD_quiesce_daemon`.
    func quiesce() {
        let returned = MHD_quiesce_daemon(handle)
        // It is ours from now on, but may be in use until the daemon has stopped.
        if returned == descriptor { isQuiet.withLock { $0 = true } }
    }

    private static func item(_ option: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: nil)
    }

    private static func item(_ option: MHD_OPTION, _ text: SecretText) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: 0, ptr_value: text.pointer)
    }
}

/// What a daemon serves, and how.
struct DaemonSettings {
    let options: WebServerOptions
    let router: Router
    /// Nil where everybody may see everything.
    let gatekeeper: Gatekeeper?
    let tls: ServerTLS?

    /// Of one daemon: each holds connections of its own.
    fileprivate var admission: Admission? {
        gatekeeper.map { Admission(gatekeeper: $0, clients: tls?.clients ?? .notAsked) }
    }
}
