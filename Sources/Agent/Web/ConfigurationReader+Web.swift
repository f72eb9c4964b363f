import WebServer

extension ConfigurationReader {
    /// The web configuration that `root` says, or everything that is wrong with it.
    /// - Parameter files: The file itself.
    mutating func webConfiguration(_ root: YAMLNode?, files: FileStates) throws(ConfigurationError) -> WebConfiguration
    {
        var files = files
        var security = WebServerSecurity()
        var notices: [String] = []
        if let root, !isEmpty(root), let fields = fields(of: root, at: "", as: WebKey.self) {
            security.users = users(fields)
            security.rate = rate(fields)
            (security.headers, notices) = headers(fields)
            security.tls = tls(fields, &files)
        }
        try problems.throwIfAny()
        if security == WebServerSecurity() { notices.append("it asks for nothing: plain HTTP for everybody") }
        if security.tls == nil, !security.users.isEmpty {
            notices.append("passwords travel unencrypted: there is no tls_server_config")
        }
        return WebConfiguration(security: security, notices: notices, files: files)
    }

    // MARK: Users, limits and headers

    private mutating func users(_ fields: Fields<WebKey>) -> [String: PasswordHash] {
        let path = fields.path(.users)
        guard let pairs = texts(.users, in: fields, "user: bcrypt hash") else { return [:] }
        if pairs.count > WebConfiguration.userLimit {
            problems.report(path, "has more than \(WebConfiguration.userLimit) users", line: fields.nodes[.users]?.line)
            return [:]
        }
        var users: [String: PasswordHash] = [:]
        for (name, value) in pairs {
            let place = "\(path).\(Self.printable(name))"
            if name.utf8.contains(UInt8(ascii: ":")) {
                problems.report(place, "is a user with a colon, which HTTP does not allow", line: value.line)
            } else if users[name] != nil {
                problems.report(place, "is given again", line: value.line)
            }
            users[name] = convert(value, at: place) { (text) throws(ConfigurationValue.Complaint) in
                do throws(PasswordHash.Problem) {
                    return try PasswordHash(text)
                } catch {
                    throw .init(sentence: error.sentence)
                }
            }
        }
        return users
    }

    private mutating func rate(_ fields: Fields<WebKey>) -> RequestRate? {
        guard let node = fields.nodes[.rate], !isEmpty(node),
            let fields = self.fields(of: node, at: fields.path(.rate), as: WebRateKey.self)
        else { return nil }
        let burst = wholeNumber(.burst, in: fields, 0...1_000_000) ?? 0
        let interval = value(.interval, in: fields) { (text) throws(ConfigurationValue.Complaint) -> Duration in
            if ["0", "0s"].contains(text) { return .zero }
            return try ConfigurationValue.duration(text, in: .milliseconds(1) ... .seconds(3_600))
        }
        guard let interval, interval > .zero else { return nil }
        return RequestRate(interval: interval, burst: burst)
    }

    private mutating func headers(_ fields: Fields<WebKey>) -> ([ReplyHeader], notices: [String]) {
        guard let node = fields.nodes[.http], !isEmpty(node),
            let fields = self.fields(of: node, at: fields.path(.http), as: WebHTTPKey.self)
        else { return ([], []) }
        let isHTTP2 = boolean(.http2, in: fields) ?? false
        let notices = isHTTP2 ? ["\(fields.path(.http2)): Poolscope speaks HTTP/1.1 all the same"] : []
        var headers: [ReplyHeader] = []
        for (name, value) in texts(.headers, in: fields, "header: value") ?? [] {
            let path = "\(fields.path(.headers)).\(Self.printable(name))"
            guard WebConfiguration.headers.contains(name) else {
                let advice = Suggestion.nearest(to: name, among: WebConfiguration.headers).map {
                    "did you mean “\($0)”?"
                }
                problems.report(
                    path,
                    "is not a header that can be set; "
                        + (advice ?? "these can: \(WebConfiguration.headers.joined(separator: ", "))"),
                    line: value.line)
                continue
            }
            let text = convert(value, at: path) { (text) throws(ConfigurationValue.Complaint) -> String in
                try Self.headerValue(text, of: name)
            }
            if let text, !text.isEmpty { headers.append(ReplyHeader(name: name, value: text)) }
        }
        return (headers, notices)
    }

    private static func headerValue(_ text: String, of name: String) throws(ConfigurationValue.Complaint) -> String {
        if let allowed = WebConfiguration.headerValues[name], !allowed.contains(text) {
            throw .init(sentence: "must be \(allowed.joined(separator: " or "))")
        }
        guard text.utf8.count <= 4_096, text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw .init(sentence: "must have at most 4096 printable ASCII characters, on one line")
        }
        return text
    }

    // MARK: TLS

    private mutating func tls(_ fields: Fields<WebKey>, _ files: inout FileStates) -> ServerTLS? {
        guard let node = fields.nodes[.tls], !isEmpty(node),
            let fields = self.fields(of: node, at: fields.path(.tls), as: WebTLSKey.self)
        else { return nil }
        guard !fields.nodes.isEmpty else { return nil }
        if let node = fields.nodes[.ciphers], !isEmptyList(node) {
            problems.report(
                fields.path(.ciphers),
                "is not supported; leave it out: GnuTLS' secure cipher suites are used (min_version: TLS13 leaves the best)",
                line: node.line)
        }
        let count = problems.problems.count
        let certificate = pem(.certificateFile, .certificate, in: fields, &files)
        if certificate == nil, count == problems.problems.count {
            requireEither(.certificateFile, .certificate, fields)
        }
        let keyCount = problems.problems.count
        let key = pem(.keyFile, .key, in: fields, &files)
        if key == nil, keyCount == problems.problems.count { requireEither(.keyFile, .key, fields) }
        let clients = clients(fields, &files)
        let versions = versions(fields)
        let curves = curves(fields)
        let prefersOwnOrder = boolean(.prefersOwnOrder, in: fields) ?? true
        guard problems.problems.count == count, let certificate, let key, let clients, let versions else { return nil }
        do {
            return try ServerTLS(
                certificate: certificate, key: key, clients: clients, versions: versions, curves: curves,
                prefersOwnOrder: prefersOwnOrder)
        } catch {
            report(error, fields)
            return nil
        }
    }

    private mutating func report(_ problem: ServerTLS.Problem, _ fields: Fields<WebTLSKey>) {
        let keys: [WebTLSKey] =
            switch problem.part {
            case .certificate: [.certificateFile, .certificate]
            case .key: [.keyFile, .key]
            case .authorities: [.authoritiesFile, .authorities]
            case .settings: [.curves, .oldestVersion]
            }
        guard let key = keys.first(where: { fields.nodes[$0] != nil }) else {
            return problems.report(WebKey.tls.rawValue, problem.sentence, line: fields.line)
        }
        problems.report(fields.path(key), problem.sentence, line: fields.nodes[key]?.line)
    }

    private mutating func requireEither(_ file: WebTLSKey, _ inline: WebTLSKey, _ fields: Fields<WebTLSKey>) {
        require(file, in: fields, "write the path of a PEM file, or the text itself under \(inline.rawValue)")
    }

    /// The text of one of two keys: in a file of its own, or right here.
    private mutating func pem(
        _ file: WebTLSKey, _ inline: WebTLSKey, in fields: Fields<WebTLSKey>, _ files: inout FileStates
    ) -> [UInt8]? {
        if fields.nodes[file] != nil, let node = fields.nodes[inline] {
            problems.report(
                fields.path(inline), "is given besides \(file.rawValue); keep one of the two", line: node.line)
            return nil
        }
        if let text = value(inline, in: fields, { (text) throws(ConfigurationValue.Complaint) in text }) {
            return Array(text.utf8)
        }
        guard let path = value(file, in: fields, ConfigurationValue.path) else { return nil }
        let place = path.hasPrefix("/") ? path : directory + path
        do {
            let bytes = try ConfigurationFile.bytes(place)
            files.note(place, bytes)
            return bytes
        } catch {
            let reason = error.problems[0].sentence
            problems.report(fields.path(file), "\(place): \(reason)", line: fields.nodes[file]?.line)
            return nil
        }
    }

    private mutating func clients(_ fields: Fields<WebTLSKey>, _ files: inout FileStates) -> ClientCertificates? {
        let policy =
            value(.clientAuthentication, in: fields) { (text) throws(ConfigurationValue.Complaint) -> ClientPolicy in
                guard !ClientPolicy.unverified.contains(text) else {
                    throw .init(
                        sentence: "“\(text)” asks for certificates that nobody verifies; write "
                            + "\(ClientPolicy.required.rawValue) or \(ClientPolicy.notAsked.rawValue)")
                }
                return text.isEmpty ? .notAsked : try ConfigurationValue.word(text, "a client_auth_type")
            } ?? .notAsked
        let authorities = pem(.authoritiesFile, .authorities, in: fields, &files)
        let names = self.names(fields)
        guard policy != .notAsked else {
            for key in [WebTLSKey.authoritiesFile, .authorities, .names] {
                guard let node = fields.nodes[key] else { continue }
                problems.report(
                    fields.path(key),
                    "does nothing without client_auth_type; write client_auth_type: \(ClientPolicy.required.rawValue)",
                    line: node.line)
            }
            return .notAsked
        }
        guard let authorities else {
            if fields.nodes[.authoritiesFile] == nil, fields.nodes[.authorities] == nil {
                require(.authoritiesFile, in: fields, "name the authorities whose clients get in")
            }
            return nil
        }
        let trusted = ClientAuthorities(certificates: authorities, names: names)
        return policy == .required ? .required(trusted) : .verifiedIfGiven(trusted)
    }

    private mutating func names(_ fields: Fields<WebTLSKey>) -> Set<String> {
        guard fields.nodes[.names].map(isEmptyList) == false,
            let items = items(.names, in: fields, atMost: WebConfiguration.nameLimit)
        else { return [] }
        return Set(items.compactMap { convert($0.node, at: $0.path, ConfigurationValue.path) })
    }

    private mutating func versions(_ fields: Fields<WebTLSKey>) -> ClosedRange<ServerTLS.Version>? {
        func version(_ text: String) throws(ConfigurationValue.Complaint) -> ServerTLS.Version {
            guard !["TLS10", "TLS11"].contains(text) else {
                throw .init(sentence: "“\(text)” is broken; the oldest that Poolscope speaks is TLS12")
            }
            return try ConfigurationValue.word(text, "a version of TLS")
        }
        let oldest = value(.oldestVersion, in: fields, version) ?? .tls12
        let newest = value(.newestVersion, in: fields, version) ?? .tls13
        guard oldest <= newest else {
            problems.report(
                fields.path(.oldestVersion), "is newer than max_version; no client could connect",
                line: fields.nodes[.oldestVersion]?.line)
            return nil
        }
        return oldest...newest
    }

    private mutating func curves(_ fields: Fields<WebTLSKey>) -> [ServerTLS.Curve] {
        guard fields.nodes[.curves].map(isEmptyList) == false, let items = items(.curves, in: fields, atMost: 4) else {
            return []
        }
        return items.compactMap { item in
            convert(item.node, at: item.path) { (text) throws(ConfigurationValue.Complaint) in
                try ConfigurationValue.word(text, "a curve")
            }
        }
    }

    // MARK: Values

    /// The pairs of a mapping whose keys can be anything; nil where there is none.
    private mutating func texts<Key>(
        _ key: Key, in fields: Fields<Key>, _ form: String
    ) -> [(name: String, value: YAMLNode)]? {
        guard let node = fields.nodes[key], !isEmpty(node) else { return nil }
        guard case .mapping(let pairs) = node.content else {
            problems.report(
                fields.path(key), Self.refusal(node) ?? "must be a mapping, “\(form)” on each line", line: node.line)
            return nil
        }
        return pairs.compactMap { pair in
            guard case .scalar(let name, _) = pair.key.content else {
                problems.report(fields.path(key), "has a key that is not text", line: pair.key.line)
                return nil
            }
            return (name, pair.value)
        }
    }

    private mutating func boolean<Key>(_ key: Key, in fields: Fields<Key>) -> Bool? {
        guard let node = fields.nodes[key], !isEmpty(node) else { return nil }
        if case .scalar(let text, isPlain: true) = node.content {
            if ["true", "yes", "on"].contains(text.lowercased()) { return true }
            if ["false", "no", "off"].contains(text.lowercased()) { return false }
        }
        problems.report(fields.path(key), "must be true or false", line: node.line)
        return nil
    }

    private func isEmptyList(_ node: YAMLNode) -> Bool {
        if case .list(let items) = node.content { items.isEmpty } else { isEmpty(node) }
    }

    /// What stands where a name should be may be anything, a secret too.
    private static func printable(_ name: String) -> String {
        let isWord = 1...64 ~= name.utf8.count && name.utf8.allSatisfy { 0x21...0x7E ~= $0 } && !name.hasPrefix("$")
        return isWord ? name : "…"
    }
}
