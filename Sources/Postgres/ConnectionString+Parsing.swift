internal import CPostgres

extension ConnectionString {
    /// Reads the key=value form or the URI form, as libpq does.
    ///
    /// What libpq would misread so that a part of the password lands in host, port or database, and thus in messages,
    /// is rejected too. Calls `PQconninfoParse`.
    ///
    /// - Throws: `.invalidConnectionString`, with a message that never quotes the text.
    public init(parsing text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw Self.invalid("it contains a NUL character") }
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &problem) else {
            defer { PQfreemem(problem) }
            throw Self.invalid(problem.map { String(cString: $0).withoutQuotations } ?? "out of memory")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        try Self.checkMisreadings(of: values, isURI: Self.authority(of: text) != nil)
        try Self.checkValues(values)
        let secrets = values.filter { Self.isSecret($0.key) }.values
        self.init(values: values, spellings: Set(secrets.map(Self.escaped)).union(Self.encodedSecrets(in: text)))
    }

    private static func checkMisreadings(of values: [String: String], isURI: Bool) throws(PostgresError) {
        let advice =
            isURI
            ? "percent-encode '@' as %40, '/' as %2F and ':' as %3A in user, password and database"
            : "put a value that contains spaces between single quotes"
        if let port = values["port"], !port.utf8.allSatisfy({ $0 == 0x2C || (0x30...0x39).contains($0) }) {
            throw invalid("the port is not a number; \(advice)")
        }
        // A leading '@' is a socket in the abstract namespace.
        if values["host", default: ""].split(separator: ",").contains(where: { $0.dropFirst().contains("@") }) {
            throw invalid("the host contains '@'; \(advice)")
        }
        guard let database = values["dbname"] else { return }
        if isURI, database.contains("@") {
            throw invalid("the database contains '@'; \(advice), or use the form host=… dbname=…")
        }
        if database.contains("://") || database.contains("password=") {
            throw invalid("the database (dbname) is itself a connection string; give that one alone")
        }
    }

    /// What follows "postgres://"; nil if the text is not a URI.
    private static func authority(of text: String) -> Substring? {
        ["postgresql://", "postgres://"].first(where: text.hasPrefix).map { text.dropFirst($0.count) }
    }

    /// The secrets of a URI as they are spelled in it, that is percent-encoded.
    private static func encodedSecrets(in text: String) -> [String] {
        guard let authority = authority(of: text) else { return [] }
        var found: [Substring] = []
        let userinfo = authority.prefix { $0 != "@" && $0 != "/" }
        if userinfo.endIndex < authority.endIndex, authority[userinfo.endIndex] == "@",
            let colon = userinfo.firstIndex(of: ":")
        {
            found.append(userinfo[colon...].dropFirst())
        }
        let afterUserinfo = authority[userinfo.endIndex...]
        if let mark = afterUserinfo.firstIndex(of: "?") {
            for parameter in afterUserinfo[mark...].dropFirst().split(separator: "&") {
                guard let equals = parameter.firstIndex(of: "="), isSecret(String(parameter[..<equals])) else {
                    continue
                }
                found.append(parameter[equals...].dropFirst())
            }
        }
        return found.filter { !$0.isEmpty }.map(String.init)
    }

    static func invalid(_ reason: String) -> PostgresError {
        PostgresError(kind: .invalidConnectionString, message: "the connection string cannot be read: \(reason)")
    }
}
