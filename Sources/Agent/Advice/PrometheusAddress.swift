/// Where a Prometheus (or what answers as one) is asked: `http://prometheus:9090`, with a path prefix if it has one.
package struct PrometheusAddress: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    package let port: UInt16
    /// Without a slash at its end.
    package let path: String

    /// What is wrong with a text, as the rest of a sentence; quotes nothing of it.
    package struct Problem: Error, Sendable {
        package let sentence: String
    }

    package init(parsing text: String) throws(Problem) {
        guard !text.hasPrefix("https://") else {
            throw Problem(sentence: "is https; only http is spoken here: give an address within your network")
        }
        guard text.hasPrefix("http://") else {
            throw Problem(sentence: "is not a URL like http://prometheus:9090")
        }
        let rest = text.dropFirst("http://".count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            throw Problem(sentence: "has a user or a password in it; only addresses without are asked")
        }
        // An IPv6 address stands in brackets.
        let close = authority.lastIndex(of: "]")
        let colon = authority.lastIndex(of: ":").flatMap { colon in close.map { colon > $0 } ?? true ? colon : nil }
        let name = authority[..<(colon ?? authority.endIndex)]
        let number = colon.map { authority[authority.index(after: $0)...] }
        guard let port = number.map({ UInt16($0) }) ?? 80, port > 0 else {
            throw Problem(sentence: "has a port that is not a number from 1 to 65535")
        }
        let host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : String(name)
        let isPlain = { (text: Substring) in text.utf8.allSatisfy { 0x21...0x7E ~= $0 } }
        guard !host.isEmpty, isPlain(Substring(host)), isPlain(rest[end...]),
            !rest[end...].contains(where: "?#".contains)
        else { throw Problem(sentence: "is not a URL like http://prometheus:9090") }
        self.host = host
        self.port = port
        path = String(rest[end...].reversed().drop { $0 == "/" }.reversed())
    }

    /// As it was given, in one form.
    package var description: String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)"
    }
}
