/// A connection string whose secrets cannot be printed: not by description, interpolation, `dump` or a mirror.
public struct ConnectionString: Sendable, Equatable {
    /// Keyword and value of what was given, secrets too. libpq adds the environment, service and password files.
    private var values: [String: String]
    /// How the secrets were spelled in the text, where that differs from their value (percent-encoded, escaped).
    private var spellings: Set<String>

    /// - Parameters:
    ///   - values: By libpq's keywords.
    ///   - spellings: Other spellings of the secrets among them.
    init(values: [String: String], spellings: Set<String>) {
        self.values = values
        self.spellings = spellings
    }

    /// The value given for one of libpq's keywords; nil for secrets and for what was not given.
    public subscript(keyword: String) -> String? {
        Self.isSecret(keyword) ? nil : values[keyword]
    }

    /// The same with `keyword` set to `value`, whatever it was.
    public func setting(_ keyword: String, _ value: String) -> ConnectionString {
        var copy = self
        copy.values[keyword] = value
        return copy
    }

    /// The same with `keyword` set to `value` if it was not given.
    public func defaulting(_ keyword: String, to value: String) -> ConnectionString {
        values[keyword] == nil ? setting(keyword, value) : self
    }

    /// What must not appear in any output, in every spelling known. For removing it, never for printing.
    package var secrets: [String] {
        spellings.union(values.filter { Self.isSecret($0.key) }.values).filter { !$0.isEmpty }.sorted()
    }

    /// `connect_timeout`, in whole seconds; nil when it is not given or not above zero.
    var connectTimeout: Duration? {
        values["connect_timeout"].flatMap(Duration.init(connectTimeout:))
    }

    /// Everything, secrets too: for `PQconnectStartParams` alone.
    var parameters: (keywords: [String], values: [String]) {
        let pairs = values.sorted { $0.key < $1.key }
        return (pairs.map(\.key), pairs.map(\.value))
    }

    /// Whether a keyword of libpq, of this or a later version, holds a secret.
    static func isSecret(_ keyword: String) -> Bool {
        keyword.hasSuffix("password") || keyword.hasSuffix("secret") || keyword.hasPrefix("scram_")
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where to and as whom: "host=db1 port=5432 dbname=app user=u".
    public var description: String {
        ["service", "host", "hostaddr", "port", "dbname", "user"]
            .compactMap { keyword in values[keyword].map { "\(keyword)=\(Self.quoted($0))" } }
            .joined(separator: " ")
    }

    public var debugDescription: String { "ConnectionString(\(description))" }

    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }

    private static func quoted(_ value: String) -> String {
        let line = value.onOneLine(limit: 200)
        let isPlain = !line.isEmpty && !line.contains { $0 == " " || $0 == "'" || $0 == "\\" }
        return isPlain ? line : "'" + escaped(line) + "'"
    }

    /// As the key=value form wants it between single quotes.
    static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }
}

extension Duration {
    /// libpq's `connect_timeout`: whole seconds; none when zero or below.
    init?(connectTimeout text: String) {
        guard let seconds = Int32(text), seconds > 0 else { return nil }
        self = .seconds(seconds)
    }
}
