import Testing

@testable import WebServer

@Suite struct RouterTests {
    private let router = Router([
        Route(path: "/") { _ in PreparedReply(status: 200, text: "home") },
        Route(path: "/metrics") { request in PreparedReply(status: 200, text: request.query.map(\.value).joined()) },
    ])

    private func reply(_ method: String, _ path: String) -> PreparedReply {
        router.reply(to: HTTPRequest(method: method, path: path))
    }

    private func text(_ reply: PreparedReply) -> String { String(decoding: reply.body, as: UTF8.self) }

    @Test("GET and HEAD get the route's reply", arguments: ["GET", "HEAD"])
    func known(method: String) {
        #expect(reply(method, "/").status == 200)
        #expect(text(reply(method, "/")) == "home")
    }

    @Test("the handler sees the request")
    func request() {
        let query = [HTTPRequest.QueryItem(name: "a", value: "1"), .init(name: "a", value: "2")]
        #expect(text(router.reply(to: HTTPRequest(path: "/metrics", query: query))) == "12")
    }

    @Test(
        "an unknown path gets 404 that lists the known ones", arguments: ["/metric", "/metrics/", "/METRICS", "", "*"])
    func unknown(path: String) {
        #expect(reply("GET", path).status == 404)
        #expect(text(reply("GET", path)) == "There is nothing here. Known paths:\n/\n/metrics\n")
    }

    @Test(
        "any other method gets 405 with the allowed ones", arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", ""])
    func otherMethod(method: String) {
        #expect(reply(method, "/metrics").status == 405)
        #expect(reply(method, "/metrics").header("Allow") == "GET, HEAD")
    }

    @Test("a method that is not allowed on a path that is not there gets 404")
    func bothWrong() {
        #expect(reply("POST", "/nowhere").status == 404)
    }

    @Test("a header is found whatever the case of its name, and repeated ones are joined")
    func headers() {
        let request = HTTPRequest(
            path: "/", headers: [("Accept", "text/plain"), ("Host", "h"), ("aCCept", "application/json")])
        #expect(request.header("ACCEPT") == "text/plain, application/json")
        #expect(request.header("host") == "h")
        #expect(request.header("Accept-Encoding") == nil)
    }

    @Test(
        "text gets a charset unless it names one",
        arguments: [
            ("text/html", "text/html; charset=utf-8"),
            ("text/plain; version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"),
            ("text/plain; charset=ascii", "text/plain; charset=ascii"), ("application/json", "application/json"),
        ])
    func charset(given: String, sent: String) {
        let reply = PreparedReply(status: 200, contentType: given, body: [1, 2])
        #expect(reply.header("content-type") == sent)
        #expect(reply.header("X-Content-Type-Options") == "nosniff")
        #expect(reply.byteCount == 2 && reply.body == [1, 2])
    }
}
