import WebServer

/// The keys of the web configuration file, which is exporter-toolkit's.
enum WebKey: String, ConfigurationKey {
    case tls = "tls_server_config"
    case users = "basic_auth_users"
    case http = "http_server_config"
    case rate = "rate_limit"

    static let prefix = ""
    static let owner = "the web configuration"

    var documentation: KeyDocumentation {
        switch self {
        case .tls:
            KeyDocumentation(
                type: "mapping", fallback: "plain HTTP", bounds: "–", meaning: "The certificate, and whom it lets in.",
                example: "tls_server_config: {cert_file: server.crt, key_file: server.key}")
        case .users:
            KeyDocumentation(
                type: "user: bcrypt hash", fallback: "none", bounds: "0 to \(WebConfiguration.userLimit)",
                meaning: "Who may see the pages. Without any, everybody may.",
                example: "basic_auth_users: {prometheus: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi}")
        case .http:
            KeyDocumentation(
                type: "mapping", fallback: "none", bounds: "–", meaning: "Further headers of every reply.",
                example: "http_server_config: {headers: {X-Frame-Options: deny}}")
        case .rate:
            KeyDocumentation(
                type: "mapping", fallback: "no limit", bounds: "–",
                meaning: "How many requests are answered; others get 429.",
                example: "rate_limit: {interval: 100ms, burst: 20}")
        }
    }
}

/// The keys of `tls_server_config`.
enum WebTLSKey: String, ConfigurationKey {
    case certificateFile = "cert_file"
    case keyFile = "key_file"
    case certificate = "cert"
    case key
    case clientAuthentication = "client_auth_type"
    case authoritiesFile = "client_ca_file"
    case authorities = "client_ca"
    case names = "client_allowed_sans"
    case oldestVersion = "min_version"
    case newestVersion = "max_version"
    case curves = "curve_preferences"
    case prefersOwnOrder = "prefer_server_cipher_suites"
    case ciphers = "cipher_suites"

    static let prefix = "tls_server_config."
    static let owner = "tls_server_config"

    var documentation: KeyDocumentation {
        switch self {
        case .certificateFile:
            KeyDocumentation(
                type: "path", fallback: "required", bounds: "this or `cert`",
                meaning: "The server's certificate in PEM, then those that vouch for it.",
                example: "cert_file: server.crt")
        case .keyFile:
            KeyDocumentation(
                type: "path", fallback: "required", bounds: "this or `key`",
                meaning: "Its private key in PEM, not encrypted.", example: "key_file: server.key")
        case .certificate:
            KeyDocumentation(
                type: "text", fallback: "none", bounds: "this or `cert_file`", meaning: "The certificate itself.",
                example: "cert: \"-----BEGIN …\"")
        case .key:
            KeyDocumentation(
                type: "text", fallback: "none", bounds: "this or `key_file`", meaning: "The key itself.",
                example: "key: \"-----BEGIN …\"")
        case .clientAuthentication:
            KeyDocumentation(
                type: ClientPolicy.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "`\(ClientPolicy.notAsked.rawValue)`", bounds: "–",
                meaning: "Whether clients need a certificate.", example: "client_auth_type: RequireAndVerifyClientCert")
        case .authoritiesFile:
            KeyDocumentation(
                type: "path", fallback: "none", bounds: "this or `client_ca`; with `client_auth_type`",
                meaning: "The authorities for clients' certificates, in PEM.", example: "client_ca_file: clients.crt")
        case .authorities:
            KeyDocumentation(
                type: "text", fallback: "none", bounds: "this or `client_ca_file`",
                meaning: "The authorities themselves.", example: "client_ca: \"-----BEGIN …\"")
        case .names:
            KeyDocumentation(
                type: "list of names", fallback: "any", bounds: "1 to \(WebConfiguration.nameLimit)",
                meaning: "A client's certificate must have one of these alternative names: DNS, IP, e-mail or URI.",
                example: "client_allowed_sans: [prometheus.example.org]")
        case .oldestVersion:
            KeyDocumentation(
                type: "`TLS12`, `TLS13`", fallback: "`TLS12`", bounds: "–", meaning: "The oldest version spoken.",
                example: "min_version: TLS13")
        case .newestVersion:
            KeyDocumentation(
                type: "`TLS12`, `TLS13`", fallback: "`TLS13`", bounds: "–", meaning: "The newest version spoken.",
                example: "max_version: TLS13")
        case .curves:
            KeyDocumentation(
                type: "list of " + ServerTLS.Curve.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "GnuTLS' own", bounds: "1 to 4", meaning: "The curves for the key exchange, the best first.",
                example: "curve_preferences: [X25519, CurveP256]")
        case .prefersOwnOrder:
            KeyDocumentation(
                type: "boolean", fallback: "`true`", bounds: "–", meaning: "Whether the server chooses the cipher.",
                example: "prefer_server_cipher_suites: true")
        case .ciphers:
            KeyDocumentation(
                type: "–", fallback: "–", bounds: "refused",
                meaning: "Not supported: GnuTLS' secure ones are used.", example: "cipher_suites: []")
        }
    }
}

/// `client_auth_type`, in Go's words. Its other words ask for certificates that nobody verifies: they are refused.
enum ClientPolicy: String, CaseIterable {
    case notAsked = "NoClientCert"
    case verifiedIfGiven = "VerifyClientCertIfGiven"
    case required = "RequireAndVerifyClientCert"

    static let unverified: Set = ["RequestClientCert", "RequireAnyClientCert", "RequireClientCert"]
}

/// The keys of `http_server_config`.
enum WebHTTPKey: String, ConfigurationKey {
    case http2, headers

    static let prefix = "http_server_config."
    static let owner = "http_server_config"

    var documentation: KeyDocumentation {
        switch self {
        case .http2:
            KeyDocumentation(
                type: "boolean", fallback: "`false`", bounds: "–",
                meaning: "Read and told: Poolscope speaks HTTP/1.1, which every client of HTTP/2 speaks, too.",
                example: "http2: false")
        case .headers:
            KeyDocumentation(
                type: "mapping", fallback: "none",
                bounds: WebConfiguration.headers.map { "`\($0)`" }.joined(separator: ", "),
                meaning: "Further headers. Where a page has one of its own, the page's holds.",
                example: "headers: {Strict-Transport-Security: max-age=31536000}")
        }
    }
}

/// The keys of `rate_limit`.
enum WebRateKey: String, ConfigurationKey {
    case interval, burst

    static let prefix = "rate_limit."
    static let owner = "rate_limit"

    var documentation: KeyDocumentation {
        switch self {
        case .interval:
            KeyDocumentation(
                type: "duration", fallback: "`0`: no limit", bounds: "`1ms` to `1h`",
                meaning: "The average time between two requests, of all clients together.", example: "interval: 100ms")
        case .burst:
            KeyDocumentation(
                type: "whole number", fallback: "`0`: none is answered", bounds: "0 to 1000000",
                meaning: "How many may come at once.", example: "burst: 20")
        }
    }
}
