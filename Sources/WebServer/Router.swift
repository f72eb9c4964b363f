/// A path and what answers it.
package struct Route: Sendable {
    package let path: String
    package let handler: @Sendable (HTTPRequest) -> PreparedReply

    /// - Parameters:
    ///   - path: Matched whole against the decoded path of a request; begins with a slash.
    ///   - handler: Runs on a thread of the server, which serves nobody else meanwhile: it must not wait.
    package init(path: String, handler: @escaping @Sendable (HTTPRequest) -> PreparedReply) {
        precondition(path.hasPrefix("/"), "the path \(path) does not begin with a slash")
        self.path = path
        self.handler = handler
    }
}

/// Chooses the reply to a request. Pure: it knows no socket.
package struct Router: Sendable {
    private let routes: [String: Route]
    private let notFound: PreparedReply
    private let methodNotAllowed: PreparedReply

    /// Each path may occur once; the page for unknown paths lists them in this order.
    package init(_ routes: [Route]) {
        self.routes = Dictionary(routes.map { ($0.path, $0) }) { first, _ in
            preconditionFailure("two routes for \(first.path)")
        }
        notFound = PreparedReply(
            status: 404, text: "There is nothing here. Known paths:\n" + routes.map { $0.path + "\n" }.joined())
        methodNotAllowed = PreparedReply(
            status: 405, text: "Only GET and HEAD are answered here.\n", headers: [("Allow", "GET, HEAD")])
    }

    /// The route's own reply to GET and HEAD (the server leaves out the body for HEAD), 404 for an unknown path, 405
    /// for any other method.
    package func reply(to request: HTTPRequest) -> PreparedReply {
        guard let route = routes[request.path] else { return notFound }
        guard request.method == "GET" || request.method == "HEAD" else { return methodNotAllowed }
        return route.handler(request)
    }
}
