import Glibc
internal import CMicroHTTPD

/// One running MHD daemon: a listen socket, its connections and the thread that serves them; stopped when dropped.
final class Daemon: Sendable {
    // MHD's thread uses it until `deinit` has stopped that thread.
    private let service: Service
    // nonisolated(unsafe): set once, used once, in `deinit`.
    nonisolated(unsafe) private let handle: OpaquePointer

    private init(owning handle: OpaquePointer, service: Service) {
        self.handle = handle
        self.service = service
    }

    /// Closes the listen socket and all connections, and waits for the thread to end. Calls `MHD_stop_daemon`.
    deinit {
        MHD_stop_daemon(handle)
    }

    /// Serves `socket`. Fails where the system has no thread or descriptor left. Calls `MHD_start_daemon`.
    static func start(
        on socket: consuming ListenSocket, at address: ListenAddress, options: WebServerOptions, router: Router
    ) throws(WebServerError) -> Daemon {
        let service = Service(router: router, connectionLimit: options.connectionLimit)
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
            item(.END, 0),
        ]
        // No MHD_USE_ERROR_LOG: MHD stays silent. MHD's threads block SIGPIPE.
        var flags = MHD_USE_AUTO_INTERNAL_THREAD.rawValue | MHD_USE_ITC.rawValue
        switch options.threads {
        case .one: break
        case .pool(let size): items.insert(item(.THREAD_POOL_SIZE, size), at: 0)
        case .perConnection: flags |= MHD_USE_THREAD_PER_CONNECTION.rawValue
        }
        guard
            let handle = poolscope_start_daemon(
                flags, acceptConnection, handleRequest, countConnection, service.context, &items)
        else { throw WebServerError(address: address, problem: .init(errno: errno)) }
        return Daemon(owning: handle, service: service)
    }

    private static func item(_ option: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: nil)
    }
}
