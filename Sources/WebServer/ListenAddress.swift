import Glibc

/// Where to accept connections: `:9719` (all interfaces), `127.0.0.1:9719`, `[::1]:9719`, `localhost:9719` or `9719`.
///
/// A name stands for its first IPv4 address, or its first IPv6 address if it has no other.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name, an IPv4 address, or an IPv6 address without its brackets; nil means all interfaces, IPv4 and IPv6.
    package let host: String?
    /// The TCP port; 0 asks the system for a free one.
    package let port: UInt16

    init(host: String?, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The form that `init(parsing:)` reads.
    package var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension ListenAddress {
    /// Reads one of the five forms above. Names are checked for their characters only: nothing is resolved here.
    package init(parsing text: String) throws(ListenAddressError) {
        let (host, port) = try Self.split(text)
        guard !port.isEmpty else { throw ListenAddressError(text, "it has no port") }
        guard port.utf8.allSatisfy(\.isDigit), let number = UInt16(port) else {
            throw ListenAddressError(text, "its port is not a number from 0 to 65535")
        }
        try Self.check(host: host, of: text)
        self.init(host: host.map(String.init), port: number)
    }

    /// Host and port as written; the host is nil where none is written.
    private static func split(_ text: String) throws(ListenAddressError) -> (host: Substring?, port: Substring) {
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else {
                throw ListenAddressError(text, "its opening bracket is never closed")
            }
            let host = text[text.index(after: text.startIndex)..<bracket]
            guard isIPv6(host) else { throw ListenAddressError(text, "there is no IPv6 address between its brackets") }
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw ListenAddressError(text, "a colon and a port must follow the bracket")
            }
            return (host, rest.dropFirst())
        }
        guard let colon = text.lastIndex(of: ":") else {
            return text.utf8.allSatisfy(\.isDigit) ? (nil, text[...]) : (text[...], "")
        }
        let host = text[..<colon]
        guard !isIPv6(text[...]), !isIPv6(host) else {
            throw ListenAddressError(text, "an IPv6 address needs brackets")
        }
        return (host.isEmpty ? nil : host, text[text.index(after: colon)...])
    }

    /// Refuses what can be neither an address nor a name.
    private static func check(host: Substring?, of text: String) throws(ListenAddressError) {
        guard let host, !isIPv6(host) else { return }
        guard host.utf8.allSatisfy(\.isNamePart), host.utf8.count <= 253 else {
            throw ListenAddressError(text, "its host is neither a name nor an IP address")
        }
        guard !host.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) || isIPv4(host) else {
            throw ListenAddressError(text, "its host is not an IPv4 address of four numbers from 0 to 255")
        }
    }

    /// Whether `host` is four numbers from 0 to 255, without leading zeros, which some calls read as octal.
    private static func isIPv4(_ host: Substring) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, String(host), &address) == 1
    }

    /// Whether `host` is an IPv6 address, with or without a zone such as `%eth0`.
    private static func isIPv6(_ host: Substring) -> Bool {
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || parts[1].utf8.allSatisfy(\.isNamePart) && !parts[1].isEmpty else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(parts[0]), &address) == 1
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Letters, digits and the marks that occur in host names.
    fileprivate var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: isDigit
        }
    }
}
