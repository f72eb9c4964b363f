import Glibc
internal import CMicroHTTPD
internal import Locking

/// What MHD's callbacks work with: the routes of one daemon and the count of its connections.
final class Service: Sendable {
    /// Bytes of a request's body that are read and discarded for the sake of a clean reply.
    private static let bodyLimit = 64 * 1024

    private let router: Router
    private let connectionLimit: Int
    private let admission: Admission?
    // Guards the count.
    private let openConnections = Guarded(0)

    /// - Parameter admission: Nil where everybody may see everything.
    init(router: Router, connectionLimit: Int, admission: Admission?) {
        self.router = router
        self.connectionLimit = connectionLimit
        self.admission = admission
    }

    /// To be called before MHD is stopped: nobody waits any more.
    func close() { admission?.held.close() }

    /// The service as MHD hands it to callbacks. Not retained: the daemon keeps the service alive.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ context: UnsafeMutableRawPointer?) -> Service {
        Unmanaged<Service>.fromOpaque(context!).takeUnretainedValue()
    }

    var hasRoom: Bool { openConnections.withLock { $0 < connectionLimit } }

    func countConnections(_ change: Int) {
        openConnections.withLock { $0 += change }
    }

    /// One of MHD's calls for a request: the first has the headers, then each part of a body, the last no body; that one
    /// comes again when the request was set aside.
    ///
    /// A reply at the first call makes MHD close the connection, so it waits for the last one.
    fileprivate func handle(_ call: Call) -> MHD_Result {
        guard var progress = RequestProgress(slot: call.slot.pointee) else {
            if call.declaredBodySize > Self.bodyLimit { return reply(to: call, RequestProgress()) }
            call.slot.pointee = RequestProgress().slot
            return .YES
        }
        guard call.partSize.pointee > 0 else { return reply(to: call, progress) }
        progress.discarded += call.partSize.pointee
        guard progress.discarded <= Self.bodyLimit else { return .NO }
        call.partSize.pointee = 0
        call.slot.pointee = progress.slot
        return .YES
    }

    private func reply(to call: Call, _ progress: RequestProgress) -> MHD_Result {
        guard let admission else { return reply(to: call, isAuthenticated: false) }
        switch admission.decide(call.connection, wasHeld: progress.wasHeld, mayHold: call.slot.pointee != nil) {
        case .admitted(let isAuthenticated):
            return reply(to: call, isAuthenticated: isAuthenticated)
        case .turnedAway(let reply):
            return reply.queue(on: call.connection, adding: admission.headers)
        case .held:
            call.slot.pointee = progress.held.slot
            return .YES
        }
    }

    private func reply(to call: Call, isAuthenticated: Bool) -> MHD_Result {
        let request = HTTPRequest(
            connection: call.connection, method: call.method, url: call.url, isAuthenticated: isAuthenticated)
        return router.reply(to: request).queue(on: call.connection, adding: admission?.headers ?? [])
    }
}

/// All that is remembered of a request between two calls. It stands in MHD's slot for a pointer, so that nothing is
/// allocated.
private struct RequestProgress {
    /// Bytes of the body.
    var discarded = 0
    /// Whether it was set aside, for a password to be checked.
    private(set) var wasHeld = false

    init() {}

    /// Nil before the first call.
    init?(slot: UnsafeMutableRawPointer?) {
        guard let slot else { return nil }
        let bits = Int(bitPattern: slot)
        (discarded, wasHeld) = (bits >> 2, bits & 2 != 0)
    }

    var held: RequestProgress {
        var held = self
        held.wasHeld = true
        return held
    }

    /// Never nil: its lowest bit is 1.
    var slot: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: discarded << 2 | (wasHeld ? 2 : 0) | 1) }
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
