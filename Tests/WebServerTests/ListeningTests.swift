import Glibc
import Testing

@testable import WebServer

/// Starting to listen, failing to, and stopping.
///
/// One after the other: a port that a server has given up may be the next one that another is given.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ListeningTests {
    private func failure(_ addresses: String...) throws -> WebServerError {
        let parsed = try addresses.map { text in try ListenAddress(parsing: text) }
        return try #require(#expect(throws: WebServerError.self) { try WebServer.start(parsed, router: testRouter) })
    }

    @Test("all interfaces means IPv4, and IPv6 where the machine has it")
    func allInterfaces() throws {
        let server = try startTestServer(at: ":0")
        #expect(server.boundAddresses[0].host == nil)
        #expect(server.boundAddresses[0].port > 0)
        #expect(try RawClient(server).request("/").status == 200)
        if hasIPv6 { #expect(try RawClient(server, host: "::1").request("/").status == 200) }
    }

    @Test("IPv6 addresses leave the same port of IPv4 alone", .enabled(if: hasIPv6))
    func bothFamilies() throws {
        let six = try startTestServer(at: "[::]:0")
        let four = try startTestServer(at: "0.0.0.0:\(six.boundAddresses[0].port)")
        #expect(try RawClient(six, host: "::1").request("/").status == 200)
        six.stop()
        #expect(try RawClient(four).request("/").status == 200)
        #expect(throws: RawClient.Failure.self) { try RawClient(six, host: "::1") }
    }

    @Test("a taken port is one clear sentence")
    func takenPort() throws {
        let server = try startTestServer()
        let address = server.boundAddresses[0].description
        #expect(
            try failure(address).description
                == "cannot listen on \(address): the port is taken by another process; choose another with --listen")
    }

    @Test("an address that overlaps one of our own is not called another process's")
    func overlap() throws {
        // An address of its own, as below.
        let host = "127.0.0.11"
        let port = try startTestServer(at: "\(host):0").boundAddresses[0].port
        #expect(
            try failure("\(host):\(port)", ":\(port)").description
                == "cannot listen on :\(port): \(host):\(port) already covers it; leave one of the two out")
    }

    @Test("an address of no interface and an unknown name are told apart")
    func unknownAddresses() throws {
        #expect(try failure("198.51.100.1:0").problem == .addressNotLocal)
        let name = String(repeating: "x", count: 64)
        let error = try failure("\(name):0")
        #expect(error.description.hasPrefix("cannot listen on \(name):0: the host name is not known ("))
    }

    @Test("a port that needs privileges is one clear sentence")
    func forbiddenPort() throws {
        let address = try ListenAddress(parsing: ":80")
        #expect(
            WebServerError(address: address, problem: .init(errno: EACCES)).description
                == "cannot listen on :80: this user may not use the port; choose one above 1023 with --listen")
        #expect(
            WebServerError(address: address, problem: .init(errno: EMFILE)).description
                == "cannot listen on :80: the system refused (Too many open files)")
    }

    @Test("if one of several addresses fails, none stays open")
    func allOrNone() throws {
        let taken = try startTestServer()
        // An address of its own: on a shared one, the server of another test may take the port first.
        let host = "127.0.0.10"
        let freed = try startTestServer(at: "\(host):0")
        let port = freed.boundAddresses[0].port
        freed.stop()
        #expect(try failure("\(host):\(port)", taken.boundAddresses[0].description).problem == .portTaken)
        let again = try startTestServer(at: "\(host):\(port)")
        #expect(try RawClient(again, host: host).request("/").status == 200)
    }

    @Test("stop closes open connections within a second, and may be called twice")
    func stop() throws {
        // An address of its own: on a shared one, the server of another test may take the port that is free again.
        let host = "127.0.0.9"
        let server = try startTestServer(at: "\(host):0")
        let idle = try (0..<5).map { _ in try RawClient(server, host: host) }
        for client in idle { #expect(try client.request("/").status == 200) }
        let halfSent = try RawClient(server, host: host)
        halfSent.send("GET / HT")
        let notReading = try RawClient(server, host: host)
        notReading.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(
            ContinuousClock().measure {
                server.stop()
                server.stop()
            } < .seconds(20))
        for client in idle { #expect(client.isClosedByServer()) }
        #expect(throws: RawClient.Failure.self) { try RawClient(server, host: host) }
    }

    @Test("a server that is dropped stops")
    func dropped() throws {
        var server: WebServer? = try startTestServer()
        let client = try RawClient(#require(server))
        #expect(try client.request("/").status == 200)
        server = nil
        #expect(client.isClosedByServer())
    }
}

private let hasIPv6 = (try? startTestServer(at: "[::1]:0")) != nil
