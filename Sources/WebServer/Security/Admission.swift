internal import CMicroHTTPD
import Glibc

/// Lets requests of one daemon in, or turns them away, before any page is looked for: by exporter-toolkit's rules, all
/// pages are protected.
final class Admission: Sendable {
    enum Decision {
        case admitted(isAuthenticated: Bool)
        case turnedAway(PreparedReply)
        /// The connection is set aside; the same request comes again.
        case held
    }

    let held = HeldConnections()
    private let gatekeeper: Gatekeeper
    private let clients: ClientCertificates

    init(gatekeeper: Gatekeeper, clients: ClientCertificates) {
        self.gatekeeper = gatekeeper
        self.clients = clients
    }

    /// What every reply gets.
    var headers: [ReplyHeader] { gatekeeper.headers }

    /// - Parameters:
    ///   - wasHeld: Whether this request was set aside before.
    ///   - mayHold: Whether MHD allows to set it aside now.
    func decide(_ connection: OpaquePointer, wasHeld: Bool, mayHold: Bool) -> Decision {
        if !wasHeld, !gatekeeper.takeRequest(at: .now) { return .turnedAway(Self.tooManyRequests) }
        guard hasGoodCertificate(connection) else { return .turnedAway(Self.badCertificate) }
        guard gatekeeper.wantsPassword else { return .admitted(isAuthenticated: clients.areRequired) }
        let credentials = credentials(of: connection)
        let address = poolscope_client_address(connection).flatMap(ClientAddress.init) ?? ClientAddress(ipv4: 0)
        switch gatekeeper.answer(to: credentials, from: address, at: .now) {
        case .granted: return .admitted(isAuthenticated: true)
        case .refused: return .turnedAway(Self.unauthorized)
        case .tooMany(let wait): return .turnedAway(Self.tooManyAttempts(wait))
        case .busy: return .turnedAway(Self.busy)
        case .unknown: break
        }
        let reference = ConnectionReference(pointer: connection)
        guard let credentials, !wasHeld, mayHold, held.hold(reference) else { return .turnedAway(Self.busy) }
        gatekeeper.check(credentials, from: address, for: reference, in: held)
        return .held
    }

    private func hasGoodCertificate(_ connection: OpaquePointer) -> Bool {
        guard let authorities = clients.authorities else { return true }
        guard let session = poolscope_tls_session(connection) else { return false }
        switch ClientCertificate.verdict(session, authorities) {
        case .good: return true
        case .none: return !clients.areRequired
        case .bad: return false
        }
    }

    /// Calls `MHD_lookup_connection_value_n`.
    private func credentials(of connection: OpaquePointer) -> BasicCredentials? {
        var value: UnsafePointer<CChar>?
        var size = 0
        let name = "Authorization"
        guard
            MHD_lookup_connection_value_n(connection, .HEADER_KIND, name, name.utf8.count, &value, &size) == .YES,
            let value
        else { return nil }
        return BasicCredentials(header: UnsafeRawBufferPointer(start: value, count: size))
    }

    // MARK: What those read who are turned away

    private static let uncached = ("Cache-Control", "no-store")

    private static let unauthorized = PreparedReply(
        status: 401, text: "Unauthorized\n",
        headers: [("WWW-Authenticate", "Basic realm=\"poolscope\", charset=\"UTF-8\""), uncached])

    private static let badCertificate = PreparedReply(
        status: 403, text: "This server wants a client certificate that its client_ca_file vouches for.\n",
        headers: [uncached])

    private static let tooManyRequests = PreparedReply(
        status: 429, text: "Too many requests: rate_limit in the web configuration file allows fewer.\n",
        headers: [uncached])

    private static let busy = PreparedReply(
        status: 503, text: "Too many passwords are being checked; try again.\n",
        headers: [("Retry-After", "1"), uncached])

    private static func tooManyAttempts(_ wait: Duration) -> PreparedReply {
        let seconds = wait.components.seconds + 1
        return PreparedReply(
            status: 429, text: "Too many wrong passwords from this address; try again in \(seconds) s.\n",
            headers: [("Retry-After", "\(seconds)"), uncached])
    }
}
