internal import CGnuTLS

/// Certificates and keys as GnuTLS reads them.
enum TLSMaterial {
    /// Refuses what MHD would only say “no” to. Calls `gnutls_certificate_set_x509_key_mem2` and others.
    static func check(_ tls: ServerTLS) throws(ServerTLS.Problem) {
        try checkCertificate(tls.certificate)
        try checkKey(tls.key)
        var credentials: gnutls_certificate_credentials_t?
        try require(gnutls_certificate_allocate_credentials(&credentials), .settings, "cannot be used")
        defer { gnutls_certificate_free_credentials(credentials) }
        var (certificate, key) = (tls.certificate.datum, tls.key.datum)
        let status = gnutls_certificate_set_x509_key_mem2(
            credentials, &certificate, &key, GNUTLS_X509_FMT_PEM, nil, 0)
        if status == GNUTLS_E_CERTIFICATE_KEY_MISMATCH {
            throw .init(part: .key, sentence: "is not the key of the certificate; take both from the same issue")
        }
        try require(status, .certificate, "cannot be used with the key")
        if let authorities = tls.clients.authorities { try check(authorities, credentials) }
        var priorities: gnutls_priority_t?
        defer { gnutls_priority_deinit(priorities) }
        try require(
            gnutls_priority_init(&priorities, tls.priorities.characters, nil), .settings,
            "has versions or curves that GnuTLS does not have")
    }

    private static func checkCertificate(_ text: SecretText) throws(ServerTLS.Problem) {
        var list: UnsafeMutablePointer<gnutls_x509_crt_t?>?
        var count: UInt32 = 0
        var datum = text.datum
        let status = gnutls_x509_crt_list_import2(&list, &count, &datum, GNUTLS_X509_FMT_PEM, 0)
        try require(status, .certificate, "is not a certificate in PEM")
        for index in 0..<Int(count) { gnutls_x509_crt_deinit(list?[index]) }
        poolscope_gnutls_free(list)
    }

    private static func checkKey(_ text: SecretText) throws(ServerTLS.Problem) {
        var key: gnutls_x509_privkey_t?
        try require(gnutls_x509_privkey_init(&key), .key, "cannot be read")
        defer { gnutls_x509_privkey_deinit(key) }
        var datum = text.datum
        let status = gnutls_x509_privkey_import2(key, &datum, GNUTLS_X509_FMT_PEM, nil, 0)
        if status == GNUTLS_E_DECRYPTION_FAILED || text.holds("ENCRYPTED") {
            throw .init(
                part: .key, sentence: "is encrypted, and nobody can be asked for its password; store it decrypted")
        }
        try require(status, .key, "is not a private key in PEM")
    }

    private static func check(
        _ authorities: ClientAuthorities, _ credentials: gnutls_certificate_credentials_t?
    ) throws(ServerTLS.Problem) {
        var datum = authorities.certificates.datum
        let count = gnutls_certificate_set_x509_trust_mem(credentials, &datum, GNUTLS_X509_FMT_PEM)
        guard count > 0 else { throw .init(part: .authorities, sentence: "has no certificate in PEM") }
    }

    private static func require(
        _ status: Int32, _ part: ServerTLS.Problem.Part, _ sentence: String
    ) throws(ServerTLS.Problem) {
        guard status < 0 else { return }
        throw .init(part: part, sentence: "\(sentence) (\(String(cString: gnutls_strerror(status))))")
    }
}

extension SecretText {
    /// For as long as this object lives.
    fileprivate var datum: gnutls_datum_t { gnutls_datum_t(data: pointer, size: UInt32(count)) }

    var characters: UnsafePointer<CChar> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
    }

    fileprivate func holds(_ word: String) -> Bool {
        let (bytes, word) = (UnsafeBufferPointer(start: pointer, count: count), Array(word.utf8))
        return bytes.indices.contains { bytes[$0...].starts(with: word) }
    }
}
