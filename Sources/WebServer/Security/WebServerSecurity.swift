/// Who may reach a server, and how: TLS, users with passwords, and a limit of requests.
package struct WebServerSecurity: Sendable, Equatable {
    /// Nil for plain HTTP.
    package var tls: ServerTLS?
    /// Whoever has one of these passwords may see every page; without any, everybody may.
    package var users: [String: PasswordHash]
    package var rate: RequestRate?
    /// Added to every reply that has none of the same name.
    package var headers: [ReplyHeader]

    package init(
        tls: ServerTLS? = nil, users: [String: PasswordHash] = [:], rate: RequestRate? = nil,
        headers: [ReplyHeader] = []
    ) {
        self.tls = tls
        self.users = users
        self.rate = rate
        self.headers = headers
    }

    /// Whether only people who are known get in: by password, or by a certificate that is required and verified.
    package var authenticates: Bool { !users.isEmpty || tls?.clients.areRequired == true }
}

/// A header of replies, of printable characters.
package struct ReplyHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
