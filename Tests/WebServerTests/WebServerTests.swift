import Foundation
import FoundationNetworking
import Testing

@testable import WebServer

/// What clients see when all goes well.
@Suite(.timeLimit(.minutes(10))) struct WebServerTests {
    @Test("GET is answered with status, headers and body")
    func get() throws {
        let server = try startTestServer()
        let reply = try RawClient(server).request("/")
        #expect(reply.status == 200)
        #expect(reply.text == "shared by all\n")
        #expect(reply.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(reply.headers["content-length"] == "14")
        #expect(reply.headers["x-content-type-options"] == "nosniff")
        #expect(reply.headers["cache-control"] == "no-store")
        #expect(reply.headers["server"] == nil)
    }

    @Test(
        "whichever threads serve, several connections are served side by side, and stopping ends them",
        arguments: [WebServerThreads.one, .pool(2), .pool(4), .perConnection])
    func threads(_ threads: WebServerThreads) throws {
        let server = try startTestServer(WebServerOptions(threads: threads))
        let clients = try (0..<8).map { _ in try RawClient(server) }
        for _ in 0..<2 {
            for client in clients { #expect(try client.request("/").text == "shared by all\n") }
        }
        #expect(try clients[0].request("/large").body == largeBody)
        server.stop()
        for client in clients { #expect(client.isClosedByServer()) }
    }

    @Test("HEAD gets the length, but no body, and the connection goes on")
    func head() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        let reply = try client.request("/large", method: "HEAD")
        #expect(reply.status == 200)
        #expect(reply.headers["content-length"] == String(largeBody.count))
        #expect(try client.request("/").text == "shared by all\n")
    }

    @Test("an unknown path gets 404 and the known paths")
    func notFound() throws {
        let server = try startTestServer()
        let reply = try RawClient(server).request("/nowhere")
        #expect(reply.status == 404)
        #expect(reply.text.contains("\n/large\n"))
    }

    @Test("other methods get 405 with Allow, with or without a body", arguments: ["POST", "PUT", "DELETE", "PATCH"])
    func methodNotAllowed(method: String) throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        client.send("\(method) / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello")
        let reply = try client.reply()
        #expect(reply.status == 405)
        #expect(reply.headers["allow"] == "GET, HEAD")
        #expect(try client.request("/").status == 200, "the body was read away, the connection goes on")
    }

    @Test("query and headers reach the handler, decoded, in order")
    func requestAccess() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        let reply = try client.request(
            "/echo?b=1&a=x%20y&b=%C3%A9+2&flag&=", headers: "X-PROBE: one\r\nx-probe: two\r\n")
        #expect(reply.text == "GET b=1;a=x y;b=é 2;flag=;= one, two")
        #expect(try client.request("/echo").text == "GET  none")
        #expect(try client.request("/echo?x=%FF%00").text == "GET x=\u{FFFD}\0 none")
    }

    @Test("a path is matched after percent-decoding")
    func decodedPath() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        #expect(try client.request("/caf%C3%A9%20au%20lait").status == 200)
        #expect(try client.request("/%65cho").status == 200)
        #expect(try client.request("/..%2fecho").status == 404)
    }

    @Test("one connection serves a hundred requests")
    func keepAlive() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        for _ in 0..<100 { #expect(try client.request("/").text == "shared by all\n") }
    }

    @Test("requests sent in one go are answered in order")
    func pipelined() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        client.send((0..<10).map { "GET /echo?n=\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
        for n in 0..<10 { #expect(try client.reply().text == "GET n=\(n) none") }
    }

    @Test("one reply goes to fifty clients at once")
    func sharedReply() throws {
        let server = try startTestServer()
        let clients = try (0..<50).map { _ in try RawClient(server) }
        for client in clients { client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n") }
        for client in clients { #expect(try client.reply().text == "shared by all\n") }
    }

    @Test("one reply goes through several addresses and their threads at once")
    func severalAddresses() async throws {
        let addresses = try (0..<3).map { _ in try ListenAddress(parsing: "127.0.0.1:0") }
        let server = try WebServer.start(addresses, router: testRouter)
        #expect(Set(server.boundAddresses.map(\.port)).count == 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<3 {
                group.addTask {
                    let client = try RawClient(server, address: index)
                    for _ in 0..<200 { #expect(try client.request("/").status == 200) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "five mebibytes arrive whole, also when the reply is dropped while it is sent",
        arguments: ["/large", "/large/once"])
    func largeBodies(path: String) throws {
        let server = try startTestServer()
        let clients = try (0..<4).map { _ in try RawClient(server) }
        for client in clients { client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n") }
        for client in clients { #expect(try client.reply().body == largeBody) }
    }

    @Test("an HTTP client that we did not write understands the replies")
    func otherClient() async throws {
        let server = try startTestServer(at: "localhost:0")
        let session = URLSession(configuration: .ephemeral)
        defer { session.invalidateAndCancel() }
        let url = try #require(URL(string: "http://\(server.boundAddresses[0])/echo?q=1"))
        let (data, response) = try await session.data(from: url)
        #expect((response as? HTTPURLResponse)?.statusCode == 200)
        #expect(String(decoding: data, as: UTF8.self) == "GET q=1 none")
    }
}
