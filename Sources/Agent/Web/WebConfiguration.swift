import WebServer

/// What the web configuration file says, with everything that it names read.
package struct WebConfiguration: Sendable {
    package var security = WebServerSecurity()
    /// What people should know who expect something else, a sentence each.
    package var notices: [String] = []
    /// Every file that was read, by path, as it was then.
    let files: FileStates

    package static let userLimit = 1_000
    static let nameLimit = 100
    /// Headers that exporter-toolkit lets people set, with the values that are allowed where these are few.
    static let headers = [
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
        "X-XSS-Protection",
    ]
    static let headerValues = ["X-Content-Type-Options": ["nosniff"], "X-Frame-Options": ["deny", "sameorigin"]]

    /// Reads the file and those it names; they are relative to it.
    /// - Throws: Everything that is wrong, also with certificates and keys. Never holds a secret.
    package static func load(path: String) throws(ConfigurationError) -> WebConfiguration {
        let bytes = try ConfigurationFile.bytes(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError([.init(file: path, line: nil, key: "", sentence: "the file is not UTF-8 text")])
        }
        var files = FileStates()
        files.note(path, bytes)
        let root: YAMLNode?
        do {
            root = try YAMLDocument.root(of: text)
        } catch {
            throw ConfigurationError([.init(file: path, line: error.line, key: "", sentence: error.sentence)])
        }
        var reader = ConfigurationReader(file: path)
        return try reader.webConfiguration(root, files: files)
    }

    /// One line for a log.
    package var summary: String {
        let users = security.users.count
        let words = [
            security.tls == nil ? nil : "TLS",
            security.tls?.clients.areRequired == true ? "client certificates" : nil,
            users == 0 ? nil : "basic authentication (\(users) \(users == 1 ? "user" : "users"))",
        ].compactMap(\.self)
        return words.isEmpty ? "plain HTTP for everybody" : words.joined(separator: ", ")
    }
}

/// What some files held, so that a change is noticed; not the contents, which may be secret.
struct FileStates: Sendable, Equatable {
    private var states: [String: Int?] = [:]

    mutating func note(_ path: String, _ bytes: [UInt8]) {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        states[path] = hasher.finalize()
    }

    /// The same files as they are now. Reads them.
    func now() -> FileStates {
        var now = self
        for path in states.keys {
            if let bytes = try? ConfigurationFile.bytes(path) {
                now.note(path, bytes)
            } else {
                now.states[path] = .some(nil)
            }
        }
        return now
    }
}
