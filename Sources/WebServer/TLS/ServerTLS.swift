internal import CGnuTLS

/// What a server needs for TLS: a certificate that belongs to its key, whom it lets in, and which versions it speaks.
package struct ServerTLS: Sendable, Equatable {
    package enum Version: String, Sendable, Comparable, CaseIterable {
        case tls12 = "TLS12"
        case tls13 = "TLS13"

        package static func < (left: Version, right: Version) -> Bool { left == .tls12 && right == .tls13 }

        var gnuTLSName: String { self == .tls12 ? "VERS-TLS1.2" : "VERS-TLS1.3" }
    }

    package enum Curve: String, Sendable, CaseIterable {
        case p256 = "CurveP256"
        case p384 = "CurveP384"
        case p521 = "CurveP521"
        case x25519 = "X25519"

        var gnuTLSName: String {
            switch self {
            case .p256: "GROUP-SECP256R1"
            case .p384: "GROUP-SECP384R1"
            case .p521: "GROUP-SECP521R1"
            case .x25519: "GROUP-X25519"
            }
        }
    }

    /// What is wrong with one of the files.
    package struct Problem: Error, Hashable {
        package enum Part: Sendable {
            case certificate, key, authorities, settings
        }

        package let part: Part
        /// The rest of a sentence about the part; quotes nothing of it.
        package let sentence: String
    }

    package let clients: ClientCertificates
    let certificate: SecretText
    let key: SecretText
    /// As GnuTLS takes it.
    let priorities: SecretText

    /// - Parameters:
    ///   - certificate: PEM: the server's own first, then those that vouch for it.
    ///   - key: PEM, not encrypted.
    ///   - versions: From the oldest to the newest.
    ///   - curves: In the order of preference; empty for those that GnuTLS prefers.
    ///   - prefersOwnOrder: Whether the server chooses the cipher, not the client.
    package init(
        certificate: [UInt8], key: [UInt8], clients: ClientCertificates = .notAsked,
        versions: ClosedRange<Version> = .tls12 ... .tls13, curves: [Curve] = [], prefersOwnOrder: Bool = true
    ) throws(Problem) {
        self.certificate = SecretText(certificate)
        self.key = SecretText(key)
        self.clients = clients
        priorities = SecretText(Self.priorities(versions, curves, prefersOwnOrder).utf8)
        try TLSMaterial.check(self)
    }

    private static func priorities(
        _ versions: ClosedRange<Version>, _ curves: [Curve], _ prefersOwnOrder: Bool
    ) -> String {
        var words = ["NORMAL", "-VERS-ALL"]
        words += Version.allCases.filter(versions.contains).map { "+" + $0.gnuTLSName }
        if !curves.isEmpty { words += ["-GROUP-ALL"] + curves.map { "+" + $0.gnuTLSName } }
        if prefersOwnOrder { words.append("%SERVER_PRECEDENCE") }
        return words.joined(separator: ":")
    }
}

/// Which clients a server with TLS asks for a certificate.
package enum ClientCertificates: Sendable, Equatable {
    case notAsked
    /// Who shows one must show a good one.
    case verifiedIfGiven(ClientAuthorities)
    case required(ClientAuthorities)

    package var areRequired: Bool {
        switch self {
        case .notAsked, .verifiedIfGiven: false
        case .required: true
        }
    }

    var authorities: ClientAuthorities? {
        switch self {
        case .notAsked: nil
        case .verifiedIfGiven(let authorities), .required(let authorities): authorities
        }
    }
}

/// Whose certificates are good ones.
package struct ClientAuthorities: Sendable, Equatable {
    let certificates: SecretText
    /// The alternative names of which a certificate must have one; empty for any.
    package let names: Set<String>

    /// - Parameter certificates: PEM, of those who vouch for clients.
    package init(certificates: [UInt8], names: Set<String> = []) {
        self.certificates = SecretText(certificates)
        self.names = names
    }
}
