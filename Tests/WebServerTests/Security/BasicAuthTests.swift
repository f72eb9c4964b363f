import Foundation
import Testing

@testable import WebServer

/// Passwords over plain HTTP, as clients see it.
@Suite("Basic authentication", .timeLimit(.minutes(10))) struct BasicAuthTests {
    private func start(
        _ users: [String: String] = ["prometheus": quickHash], rate: RequestRate? = nil
    ) throws -> WebServer {
        try WebServer.start(
            [ListenAddress(parsing: "127.0.0.1:0")], router: testRouter,
            security: WebServerSecurity(users: users.mapValues { try PasswordHash($0) }, rate: rate))
    }

    private func header(_ user: String, _ password: String) -> String {
        "Authorization: Basic \(Data("\(user):\(password)".utf8).base64EncodedString())\r\n"
    }

    @Test(
        "every path wants a password, also one that there is not, and says so", arguments: ["/", "/nowhere", "/echo"])
    func protected(path: String) throws {
        let server = try start()
        let client = try RawClient(server)
        for wrong in ["", header("prometheus", "wrong"), header("nobody", "s3cret"), "Authorization: Bearer x\r\n"] {
            let reply = try client.request(path, headers: wrong)
            #expect(reply.status == 401)
            #expect(reply.headers["www-authenticate"]?.hasPrefix("Basic realm=\"poolscope\"") == true)
            #expect(reply.text == "Unauthorized\n")
        }
        #expect(try client.request(path, method: "HEAD").status == 401)
        let reply = try client.request(path, headers: header("prometheus", "s3cret"))
        #expect(reply.status == (path == "/nowhere" ? 404 : 200))
    }

    @Test("the handler knows that the client is known, and never sees the password")
    func handler() throws {
        let router = Router([
            Route(path: "/who") { request in
                PreparedReply(
                    status: 200, text: "\(request.isAuthenticated) \(request.header("authorization") ?? "none")")
            }
        ])
        let address = [try ListenAddress(parsing: "127.0.0.1:0")]
        let open = try WebServer.start(address, router: router)
        let request = header("prometheus", "s3cret")
        #expect(try RawClient(open).request("/who", headers: request).text == "false none")
        let users = ["prometheus": try PasswordHash(quickHash)]
        let closed = try WebServer.start(address, router: router, security: WebServerSecurity(users: users))
        #expect(try RawClient(closed).request("/who", headers: request).text == "true none")
        try closed.secure(WebServerSecurity())
        #expect(try RawClient(closed).request("/who", headers: request).text == "false none")
    }

    @Test("several clients with the same new password, on one connection each and pipelined, are all answered")
    func together() throws {
        let server = try start()
        let clients = try (0..<20).map { _ in try RawClient(server) }
        let request = "GET /echo HTTP/1.1\r\nHost: test\r\n\(header("prometheus", "s3cret"))\r\n"
        for client in clients { client.send(request + request) }
        for client in clients {
            #expect(try client.reply().status == 200)
            #expect(try client.reply().status == 200)
        }
    }

    @Test("other users hold at once, also on connections that are open")
    func update() throws {
        let server = try start()
        let client = try RawClient(server)
        #expect(try client.request("/", headers: header("prometheus", "s3cret")).status == 200)
        try server.secure(WebServerSecurity(users: ["prometheus": try PasswordHash(otherHash)]))
        #expect(try client.request("/", headers: header("prometheus", "s3cret")).status == 401)
        #expect(try client.request("/", headers: header("prometheus", "other")).status == 200)
        try server.secure(WebServerSecurity(users: ["ann": try PasswordHash(quickHash)]))
        #expect(try client.request("/", headers: header("prometheus", "other")).status == 401)
        #expect(try client.request("/", headers: header("ann", "s3cret")).status == 200)
    }

    @Test("whoever guesses has to wait after a few wrong passwords; a known password is served all the while")
    func guessing() throws {
        let server = try start()
        let known = try RawClient(server)
        #expect(try known.request("/", headers: header("prometheus", "s3cret")).status == 200)
        let client = try RawClient(server, from: "127.0.0.2")
        let statuses = try (0..<12).map {
            try client.request("/", headers: header("prometheus", "guess \($0)")).status
        }
        #expect(statuses.prefix(5) == [401, 401, 401, 401, 401])
        #expect(statuses.contains(429))
        let refused = try client.request("/", headers: header("prometheus", "guess again"))
        if refused.status == 429 { #expect(Int(refused.headers["retry-after"] ?? "").map { 1...6 ~= $0 } == true) }
        // The same wrong one again needs no check, so it is told from the others.
        #expect(try client.request("/", headers: header("prometheus", "guess 0")).status == 401)
        #expect(try known.request("/", headers: header("prometheus", "s3cret")).status == 200)
        #expect(try client.request("/", headers: header("prometheus", "s3cret")).status == 200, "it is known")
    }

    @Test("while passwords are checked that take seconds, all others are served, and stopping does not wait for them")
    func slow() throws {
        let server = try start(["prometheus": quickHash, "slow": slowHash])
        let known = try RawClient(server)
        #expect(try known.request("/", headers: header("prometheus", "s3cret")).status == 200)
        let guessers = try (0..<40).map { try RawClient(server, from: "127.0.1.\($0 + 1)") }
        for (number, client) in guessers.enumerated() {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\(header("slow", "guess \(number)"))\r\n")
        }
        for _ in 0..<5 {
            #expect(try known.request("/", headers: header("prometheus", "s3cret")).status == 200)
            #expect(try known.request("/").status == 401)
        }
        // At most one has been checked by now; the queue has no place for those beyond its limit.
        let reply = try guessers[39].reply()
        #expect(reply.status == 503 && reply.headers["retry-after"] == "1")
        server.stop()
        for client in guessers.prefix(30) {
            if let reply = try? client.reply() { #expect([401, 503].contains(reply.status)) }
        }
    }

    @Test("a body before the password is read away, and a client that leaves while it waits does no harm")
    func leaving() throws {
        let server = try start(["prometheus": quickHash, "slow": slowHash])
        for number in 0..<20 {
            let client = try RawClient(server, from: "127.0.2.\(number + 1)")
            client.send(
                "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\(header("slow", "x\(number)"))\r\nhello")
            if number % 2 == 0 { client.endAbruptly() }
        }
        let client = try RawClient(server)
        client.send(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\(header("prometheus", "wrong"))\r\nhello")
        // It waits for its turn, or is told to come again.
        server.stop()
    }

    @Test("a rate limit answers 429")
    func rate() throws {
        let server = try start(rate: RequestRate(interval: .seconds(3_600), burst: 2))
        let client = try RawClient(server)
        let request = header("prometheus", "s3cret")
        let statuses = try (0..<4).map { _ in try client.request("/", headers: request).status }
        #expect(statuses == [200, 200, 429, 429])
    }
}
