import Testing

@testable import WebServer

/// What the server does with clients that are broken, greedy or malicious.
@Suite(.timeLimit(.minutes(10))) struct HostileClientTests {
    @Test("a connection above the limit is closed at once, and there is room again when another ends")
    func connectionLimit() async throws {
        let server = try startTestServer(WebServerOptions(connectionLimit: 2))
        let first = try RawClient(server)
        #expect(try first.request("/").status == 200)
        do {
            let second = try RawClient(server)
            #expect(try second.request("/").status == 200)
            let third = try RawClient(server)
            #expect(try third.timeUntilClosed() < .seconds(20))
            #expect(try first.request("/").status == 200)
        }
        try await expectSoon { try RawClient(server).request("/").status == 200 }
    }

    @Test("one client address cannot take all connections")
    func connectionsPerAddress() throws {
        let server = try startTestServer(WebServerOptions(connectionsPerAddress: 1))
        let first = try RawClient(server, from: "127.0.0.1")
        #expect(try first.request("/").status == 200)
        #expect(try RawClient(server, from: "127.0.0.1").isClosedByServer())
        #expect(try RawClient(server, from: "127.0.0.2").request("/").status == 200)
    }

    @Test(
        "a connection that falls silent is closed after the idle timeout",
        arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nHost: te", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"])
    func idle(sent: String) throws {
        let server = try startTestServer(WebServerOptions(idleTimeout: .seconds(1)))
        let client = try RawClient(server)
        client.send(sent)
        let silence = try client.timeUntilClosed()
        #expect(silence > .milliseconds(800) && silence < .seconds(20))
    }

    @Test("a kept-alive connection that falls silent is closed after the idle timeout")
    func idleBetweenRequests() throws {
        let server = try startTestServer(WebServerOptions(idleTimeout: .seconds(1)))
        let client = try RawClient(server)
        #expect(try client.request("/").status == 200)
        #expect(try client.timeUntilClosed() < .seconds(20))
    }

    @Test("a client that does not read its reply loses its place after the idle timeout")
    func slowReader() async throws {
        let server = try startTestServer(WebServerOptions(connectionLimit: 1, idleTimeout: .seconds(1)))
        let client = try RawClient(server)
        client.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try RawClient(server).isClosedByServer())
        try await expectSoon { try RawClient(server).request("/").status == 200 }
    }

    @Test(
        "a request that is not HTTP gets 400", arguments: ["\u{1}\u{2} \u{3} \u{4}\r\n\r\n", "GET / FTP/1.0\r\n\r\n"])
    func garbageLine(garbage: String) throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        client.send(garbage)
        #expect(try client.reply().status == 400)
        #expect(client.isClosedByServer())
        #expect(try RawClient(server).request("/").status == 200)
    }

    @Test("random bytes close the connection and do no harm")
    func garbageBytes() throws {
        let server = try startTestServer()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let client = try RawClient(server)
            client.send((0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) })
            client.send("\r\n\r\n")
        }
        let tls = try RawClient(server)
        tls.send([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x0A, 0x0A])
        #expect(tls.isClosedByServer())
        #expect(try RawClient(server).request("/").status == 200)
    }

    @Test("an endless path gets 414, endless headers get 431")
    func tooLong() throws {
        let server = try startTestServer()
        let long = String(repeating: "x", count: 40_000)
        #expect(try RawClient(server).request("/" + long).status == 414)
        #expect(try RawClient(server).request("/", headers: "X-Long: \(long)\r\n").status == 431)
        #expect(try RawClient(server).request("/", headers: String(repeating: "A: b\r\n", count: 10_000)).status == 431)
        let query = "/echo?" + String(repeating: "a&", count: 20_000)
        #expect((400..<500).contains(try RawClient(server).request(query).status))
        #expect(try RawClient(server).request("/").status == 200)
    }

    @Test("a body up to the limit is read away, so that the connection goes on")
    func uploadOfTheLimit() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 65536\r\n\r\n")
        client.send(String(repeating: "x", count: 65_536))
        #expect(try client.reply().status == 405)
        #expect(try client.request("/").status == 200)
    }

    @Test("a large body is refused before it is sent")
    func largeUpload() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        let reply = try client.request(
            "/", method: "POST", headers: "Content-Length: 100000000\r\nExpect: 100-continue\r\n")
        #expect(reply.status == 405)
        #expect(client.isClosedByServer())
    }

    @Test("a body of unknown length is read up to a limit")
    func endlessUpload() throws {
        let server = try startTestServer()
        let client = try RawClient(server)
        client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("5\r\nhello\r\n0\r\n\r\n")
        #expect(try client.reply().status == 405)
        client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
        client.send(String(repeating: chunk, count: 100))
        #expect(client.isClosedByServer())
    }

    @Test("clients that vanish in the middle of a reply leave the process and the server alive")
    func vanishing() throws {
        let server = try startTestServer()
        for _ in 0..<20 {
            let client = try RawClient(server)
            client.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n")
            client.endAbruptly()
        }
        #expect(try RawClient(server).request("/large").body == largeBody)
    }

    /// Tries until `condition` holds, for five seconds at most.
    private func expectSoon(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            if (try? condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try condition())
    }
}
