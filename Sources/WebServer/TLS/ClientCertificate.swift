internal import CGnuTLS

/// The certificate that a client has shown on a connection.
enum ClientCertificate {
    enum Verdict: Equatable {
        case none, good, bad
    }

    /// Whether it was issued by one of the authorities for clients, holds now, and has one of the names that are asked
    /// for. Calls `gnutls_certificate_verify_peers`.
    ///
    /// - Parameter session: A `gnutls_session_t` after its handshake.
    static func verdict(_ session: UnsafeMutableRawPointer, _ authorities: ClientAuthorities) -> Verdict {
        let session = OpaquePointer(session)
        var count: UInt32 = 0
        guard let chain = gnutls_certificate_get_peers(session, &count), count > 0 else { return .none }
        var status: UInt32 = 0
        let purpose = UnsafeMutableRawPointer(mutating: poolscope_client_purpose).assumingMemoryBound(to: UInt8.self)
        var wanted = gnutls_typed_vdata_st(type: GNUTLS_DT_KEY_PURPOSE_OID, data: purpose, size: 0)
        guard gnutls_certificate_verify_peers(session, &wanted, 1, &status) >= 0, status == 0 else { return .bad }
        guard !authorities.names.isEmpty else { return .good }
        return names(of: chain[0]).isDisjoint(with: authorities.names) ? .bad : .good
    }

    /// The alternative names of the kinds that exporter-toolkit compares: DNS, e-mail, URI and IP. Calls
    /// `gnutls_x509_crt_get_subject_alt_name`.
    private static func names(of certificate: gnutls_datum_t) -> Set<String> {
        var parsed: gnutls_x509_crt_t?
        guard gnutls_x509_crt_init(&parsed) == 0 else { return [] }
        defer { gnutls_x509_crt_deinit(parsed) }
        var certificate = certificate
        guard gnutls_x509_crt_import(parsed, &certificate, GNUTLS_X509_FMT_DER) == 0 else { return [] }
        var names: Set<String> = []
        for index in 0..<nameLimit {
            var buffer = [UInt8](repeating: 0, count: 1_024)
            var size = buffer.count
            let kind = gnutls_x509_crt_get_subject_alt_name(parsed, index, &buffer, &size, nil)
            if kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { break }
            // One that is too long, or of another kind, is none that somebody asks for.
            guard kind >= 0 else { continue }
            switch UInt32(kind) {
            case GNUTLS_SAN_DNSNAME.rawValue, GNUTLS_SAN_RFC822NAME.rawValue, GNUTLS_SAN_URI.rawValue:
                names.insert(String(decoding: buffer.prefix(size), as: UTF8.self))
            case GNUTLS_SAN_IPADDRESS.rawValue:
                if let address = SocketAddress.text(ofIP: Array(buffer.prefix(size))) { names.insert(address) }
            default: continue
            }
        }
        return names
    }

    private static let nameLimit: UInt32 = 100
}
