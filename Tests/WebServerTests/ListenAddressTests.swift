import Testing

@testable import WebServer

@Suite struct ListenAddressTests {
    @Test(
        "a listen address is read and written back",
        arguments: [
            (":9719", nil, 9719, ":9719"), ("9719", nil, 9719, ":9719"), (":0", nil, 0, ":0"),
            ("127.0.0.1:9719", "127.0.0.1", 9719, "127.0.0.1:9719"),
            ("0.0.0.0:65535", "0.0.0.0", 65535, "0.0.0.0:65535"),
            ("[::1]:9719", "::1", 9719, "[::1]:9719"), ("[::]:80", "::", 80, "[::]:80"),
            ("[fe80::1%eth0]:9719", "fe80::1%eth0", 9719, "[fe80::1%eth0]:9719"),
            ("localhost:9719", "localhost", 9719, "localhost:9719"),
            ("db-1.example.org:0", "db-1.example.org", 0, "db-1.example.org:0"),
        ] as [(String, String?, UInt16, String)])
    func good(text: String, host: String?, port: UInt16, description: String) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == description)
        #expect(try ListenAddress(parsing: address.description) == address)
    }

    @Test(
        "a text that is no listen address is named with its fault",
        arguments: [
            ("", "it has no port"), (":", "it has no port"), ("localhost", "it has no port"),
            ("[::1]", "it has no port"),
            ("[::1]:", "it has no port"),
            (":65536", "its port is not a number from 0 to 65535"), (":-1", "its port is not a number"),
            (":+80", "its port is not a number"), (":http", "its port is not a number"), (":0x50", "its port is not"),
            (": 80", "its port is not a number"), ("99999", "its port is not a number"),
            ("::1:9719", "an IPv6 address needs brackets"), ("[::1:9719", "its opening bracket is never closed"),
            ("[localhost]:80", "there is no IPv6 address between"), ("[]:80", "there is no IPv6 address between"),
            ("[::1%]:80", "there is no IPv6 address between"), ("[::1]80", "a colon and a port must follow"),
            ("::1", "an IPv6 address needs brackets"), ("::", "an IPv6 address needs brackets"),
            ("http://localhost:80", "its host is neither a name nor"),
            ("2001:db8:0:0:0:0:0:1:80", "an IPv6 address needs"), ("010.0.0.1:80", "its host is not an IPv4 address"),
            ("a/b:80", "its host is neither a name nor"),
            ("local host:80", "its host is neither a name nor"), ("*:80", "its host is neither a name nor"),
            ("256.0.0.1:80", "its host is not an IPv4 address"), ("127.0.1:80", "its host is not an IPv4 address"),
            ("1.2.3.4.5:80", "its host is not an IPv4 address"), ("1..2.3:80", "its host is not an IPv4 address"),
        ])
    func bad(text: String, reason: String) {
        let error = #expect(throws: ListenAddressError.self) { try ListenAddress(parsing: text) }
        #expect(error?.description.hasPrefix("\"\(text)\" is not a listen address: \(reason)") == true)
        #expect(error?.description.hasSuffix("; write it like :9719, 127.0.0.1:9719 or [::1]:9719") == true)
    }

    @Test("control characters and endless texts do not reach the message")
    func hostileText() {
        let error = #expect(throws: ListenAddressError.self) {
            try ListenAddress(parsing: "\u{1b}[2J\n" + String(repeating: "x", count: 10_000))
        }
        let message = error?.description ?? ""
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(!message.isEmpty && message.count < 300)
    }
}
