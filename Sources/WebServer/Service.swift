import Glibc
internal import CMicroHTTPD
internal import Locking

/// What MHD's callbacks work with: the routes of one daemon and the count of its connections.
final class Service: Sendable {
    /// Bytes of a request's body that are read and discarded for the sake of a clean reply.
    private static let bodyLimit = 64 * 1024

    private let router: Router
    private let connectionLimit: Int
    private let openConnections = Guarded(0)

    init(router: Router, connectionLimit: Int) {
        self.router = router
        self.connectionLimit = connectionLimit
    }

    /// The service as MHD hands it to callbacks. Not retained: the daemon keeps the service alive.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ context: UnsafeMutableRawPointer?) -> Service {
        Unmanaged<Service>.fromOpaque(context!).takeUnretainedValue()
    }

    var hasRoom: Bool { openConnections.withLock { $0 < connectionLimit } }

    func countConnections(_ change: Int) {
        openConnections.withLock { $0 += change }
    }

    /// One of MHD's calls for a request: the first has the headers, then each part of a body, the last no body.
    ///
    /// A reply at the first call makes MHD close the connection, so it waits for the last one. The bytes discarded so
    /// far, plus 1, are all that is remembered; they stand in MHD's slot for a pointer, so that nothing is allocated.
    fileprivate func handle(_ call: Call) -> MHD_Result {
        guard let slot = call.slot.pointee else {
            if call.declaredBodySize > Self.bodyLimit { return reply(to: call) }
            call.slot.pointee = UnsafeMutableRawPointer(bitPattern: 1)
            return .YES
        }
        guard call.partSize.pointee > 0 else { return reply(to: call) }
        let discarded = Int(bitPattern: slot) - 1 + call.partSize.pointee
        guard discarded <= Self.bodyLimit else { return .NO }
        call.partSize.pointee = 0
        call.slot.pointee = UnsafeMutableRawPointer(bitPattern: discarded + 1)
        return .YES
    }

    private func reply(to call: Call) -> MHD_Result {
        let request = HTTPRequest(connection: call.connection, method: call.method, url: call.url)
        return router.reply(to: request).queue(on: call.connection)
    }
}

/// The arguments of one call of MHD.
private struct Call {
    let connection: OpaquePointer
    let method: UnsafePointer<CChar>
    let url: UnsafePointer<CChar>
    /// In: the bytes of this part of the body. Out: those not consumed.
    let partSize: UnsafeMutablePointer<Int>
    /// MHD's slot for the handler's state of this request; nil at the first call.
    let slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// The length the client announced; 0 without one. Calls `MHD_lookup_connection_value`.
    var declaredBodySize: Int {
        MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length").map(atol) ?? 0
    }
}

// MARK: - Callbacks: nonisolated global functions, called on MHD's thread

/// Refuses a connection above the limit: MHD closes it at once.
func acceptConnection(
    context: UnsafeMutableRawPointer?, address: UnsafePointer<sockaddr>?, length: socklen_t
) -> MHD_Result {
    Service.from(context).hasRoom ? .YES : .NO
}

/// Called when a connection begins and when it ends.
func countConnection(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?,
    socketContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, event: MHD_ConnectionNotificationCode
) {
    switch event {
    case .CONNECTION_NOTIFY_STARTED: Service.from(context).countConnections(+1)
    case .CONNECTION_NOTIFY_CLOSED: Service.from(context).countConnections(-1)
    }
}

/// Called several times for each request; see `Service.handle`.
func handleRequest(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, url: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, part: UnsafePointer<CChar>?,
    partSize: UnsafeMutablePointer<Int>?, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    Service.from(context).handle(
        Call(connection: connection!, method: method!, url: url!, partSize: partSize!, slot: slot!))
}
