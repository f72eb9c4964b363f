/// What a client asked for: the request line and the headers. Bodies are discarded before a handler runs.
///
/// All of it fits in `WebServerOptions.memoryPerConnection`, because libmicrohttpd refuses larger requests.
package struct HTTPRequest: Sendable {
    /// One `name=value` of the query; a name without `=` has an empty value.
    package struct QueryItem: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let method: String
    /// The path, percent-decoded, without the query.
    package let path: String
    /// The query, decoded, in the order written; names may repeat.
    package let query: [QueryItem]
    /// Whether it comes from somebody who is known: by password, or by a certificate that is required and verified.
    package let isAuthenticated: Bool
    private let headers: [(name: String, value: String)]

    package init(
        method: String = "GET", path: String, query: [QueryItem] = [], headers: [(name: String, value: String)] = [],
        isAuthenticated: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.isAuthenticated = isAuthenticated
    }

    /// The value of a header whatever the case of its name; values of a repeated header are joined with a comma, as
    /// HTTP defines it.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        let values = headers.filter { $0.name.lowercased() == wanted }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
