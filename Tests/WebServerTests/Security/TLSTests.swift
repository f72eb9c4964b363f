import Demo
import Foundation
import TestSupport
import Testing

@testable import WebServer

/// TLS and client certificates, as curl sees them.
@Suite("TLS", .timeLimit(.minutes(10))) struct TLSTests {
    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    private func tls(
        _ issued: TestAuthority.Issued, _ clients: ClientCertificates = .notAsked,
        versions: ClosedRange<ServerTLS.Version> = .tls12 ... .tls13, curves: [ServerTLS.Curve] = []
    ) throws -> ServerTLS {
        try ServerTLS(
            certificate: bytes(issued.certificate), key: bytes(issued.key), clients: clients, versions: versions,
            curves: curves)
    }

    private func start(_ tls: ServerTLS, users: [String: PasswordHash] = [:]) throws -> WebServer {
        try WebServer.start(
            [ListenAddress(parsing: "127.0.0.1:0")], router: testRouter,
            security: WebServerSecurity(tls: tls, users: users))
    }

    private func url(_ server: WebServer, _ path: String = "/") -> String {
        "https://localhost:\(server.boundAddresses[0].port)\(path)"
    }

    @Test("a client that trusts the authority is served, large replies and passwords included; another is not")
    func served() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let server = try start(
                tls(try await authority.issue("server")), users: ["prometheus": try PasswordHash(quickHash)])
            let trust = ["--cacert", authority.certificate, "--ipv4"]
            let user = ["--user", "prometheus:s3cret"]
            #expect(try await Curl.get(url(server), trust).status == 401)
            #expect(try await Curl.get(url(server), trust + ["--user", "prometheus:wrong"]).status == 401)
            let reply = try await Curl.get(url(server), trust + user)
            #expect(reply.status == 200 && reply.text == "shared by all\n", "\(reply.complaint)")
            let file = "\(directory.path)/large"
            let large = try await runTool("curl", ["--silent", "--output", file, url(server, "/large")] + trust + user)
            #expect(large.status == 0)
            #expect(try bytes(file) == largeBody)
            let stranger = try await Curl.get(url(server), ["--ipv4"])
            #expect(stranger.status == 0 && stranger.complaint.contains("certificate"))
            #expect(try await Curl.get(url(server).replacing("https", with: "http"), ["--ipv4"]).status != 200)
        }
    }

    @Test("versions outside of the range are refused")
    func versions() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let issued = try await authority.issue("server")
            let trust = ["--cacert", authority.certificate, "--ipv4"]
            let new = try start(tls(issued, versions: .tls13 ... .tls13, curves: [.x25519, .p256]))
            #expect(try await Curl.get(url(new), trust + ["--tls-max", "1.2"]).status == 0)
            #expect(try await Curl.get(url(new), trust).status == 200)
            let old = try start(tls(issued, versions: .tls12 ... .tls12))
            #expect(try await Curl.get(url(old), trust + ["--tlsv1.3"]).status == 0)
            #expect(try await Curl.get(url(old), trust).status == 200)
            let curve = try start(tls(issued, curves: [.p384]))
            #expect(try await Curl.get(url(curve), trust + ["--curves", "X25519"]).status == 0)
            #expect(try await Curl.get(url(curve), trust + ["--curves", "P-384"]).status == 200)
        }
    }

    @Test("only a client certificate of the right authority, purpose and name gets in where one is required")
    func clientCertificates() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let other = try await TestAuthority.create(in: directory, name: "other")
            let issued = try await authority.issue("server")
            func options(_ client: TestAuthority.Issued?) -> [String] {
                ["--cacert", authority.certificate, "--ipv4"]
                    + (client.map { ["--cert", $0.certificate, "--key", $0.key] } ?? [])
            }
            let good = try await authority.issue(
                "good", alternatives: ["DNS:prometheus.example.org", "URI:spiffe://a/b"], purpose: "clientAuth")
            let address = try await authority.issue("address", alternatives: ["IP:192.0.2.7"], purpose: "clientAuth")
            let stranger = try await other.issue("stranger", purpose: "clientAuth")
            let purpose = try await authority.issue("purpose")
            let trusted = ClientAuthorities(certificates: try bytes(authority.certificate))
            let strict = try start(tls(issued, .required(trusted)))
            #expect(try await Curl.get(url(strict), options(good)).status == 200)
            for client in [nil, stranger, purpose] {
                let reply = try await Curl.get(url(strict), options(client))
                #expect(reply.status == 403 || reply.status == 0, "\(client?.certificate ?? "none")")
                #expect(!reply.text.contains("shared"))
            }
            let lenient = try start(tls(issued, .verifiedIfGiven(trusted)))
            #expect(try await Curl.get(url(lenient), options(nil)).status == 200)
            #expect(try await Curl.get(url(lenient), options(good)).status == 200)
            #expect(try await Curl.get(url(lenient), options(stranger)).status != 200)
            for names: Set<String> in [["spiffe://a/b"], ["192.0.2.7", "prometheus.example.org"], ["example.org"]] {
                let named = ClientAuthorities(certificates: try bytes(authority.certificate), names: names)
                let server = try start(tls(issued, .required(named)))
                let statuses = [
                    try await Curl.get(url(server), options(good)).status,
                    try await Curl.get(url(server), options(address)).status,
                ]
                #expect(
                    statuses == (names.count == 2 ? [200, 200] : names == ["example.org"] ? [403, 403] : [200, 403]))
            }
        }
    }

    @Test("a renewed certificate is shown to new connections, while those that are open go on")
    func renewed() async throws {
        try await withPrivateDirectory { directory in
            let first = try await TestAuthority.create(in: directory, name: "first")
            let second = try await TestAuthority.create(in: directory, name: "second")
            let server = try start(tls(try await first.issue("one")))
            let (old, new) = (["--cacert", first.certificate, "--ipv4"], ["--cacert", second.certificate, "--ipv4"])
            #expect(try await Curl.get(url(server), old).status == 200)
            let renewed = try tls(try await second.issue("two"))
            // A connection from before, which is used before and after.
            let port = server.boundAddresses[0].port
            let script = """
                import ssl, socket, sys
                context = ssl.create_default_context(cafile=sys.argv[1])
                client = context.wrap_socket(socket.create_connection(("127.0.0.1", \(port))), server_hostname="localhost")
                def get():
                    client.sendall(b"GET /echo HTTP/1.1\\r\\nHost: test\\r\\n\\r\\n")
                    reply = b""
                    while not reply.endswith(b"GET  none"):
                        part = client.recv(4096)
                        if not part: sys.exit("closed")
                        reply += part
                get()
                open(sys.argv[2], "w").close()
                import os, time
                end = time.time() + 60
                while not os.path.exists(sys.argv[3]) and time.time() < end: time.sleep(0.02)
                get()
                """
            let (begun, go) = ("\(directory.path)/begun", "\(directory.path)/go")
            async let kept = runTool("python3", ["-c", script, first.certificate, begun, go])
            try await eventually("the connection is open") { FileManager.default.fileExists(atPath: begun) }
            try server.secure(WebServerSecurity(tls: renewed))
            #expect(try await Curl.get(url(server), new).status == 200)
            #expect(try await Curl.get(url(server), old).status == 0)
            try Data().write(to: URL(filePath: go))
            #expect(try await kept.status == 0)
            for name in ["three", "four", "five"] {
                try server.secure(WebServerSecurity(tls: tls(try await second.issue(name))))
                #expect(try await Curl.get(url(server), new).status == 200)
            }
            try server.secure(WebServerSecurity(tls: renewed))
            try server.secure(WebServerSecurity(tls: renewed))
            server.endRetired()
            #expect(try await Curl.get(url(server), new).status == 200)
            try server.secure(WebServerSecurity())
            #expect(try await Curl.get(url(server).replacing("https", with: "http"), ["--ipv4"]).status == 200)
            server.stop()
            #expect(try await Curl.get(url(server), new).status == 0)
        }
    }

    @Test("where certificates take the place of passwords, a connection from before needs what it needed, or ends")
    func passwordsGiveWay() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let required = try tls(
                try await authority.issue("server"),
                .required(ClientAuthorities(certificates: try bytes(authority.certificate))))
            let server = try WebServer.start(
                [ListenAddress(parsing: "127.0.0.1:0")], router: testRouter,
                security: WebServerSecurity(users: ["prometheus": try PasswordHash(quickHash)]))
            let client = try RawClient(server)
            #expect(try client.request("/echo").status == 401)
            try server.secure(WebServerSecurity(tls: required))
            #expect((try? client.request("/echo").status) ?? 0 != 200)
            let trust = ["--cacert", authority.certificate, "--ipv4"]
            #expect(try await Curl.get(url(server), trust).status == 403)
            // And back again.
            try server.secure(WebServerSecurity(users: ["prometheus": try PasswordHash(quickHash)]))
            #expect(try RawClient(server).request("/echo").status == 401)
        }
    }

    @Test("clients that are half-way through a handshake, or speak something else, keep nobody waiting")
    func halfHandshake() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let server = try start(tls(try await authority.issue("server")))
            let clients = try (0..<40).map { _ in try RawClient(server) }
            for (number, client) in clients.enumerated() {
                client.send(number % 2 == 0 ? [0x16, 0x03, 0x01, 0x02] : Array("GET / HTTP/1.1\r\n\r\n".utf8))
            }
            let trust = ["--cacert", authority.certificate, "--ipv4"]
            #expect(try await Curl.get(url(server), trust).status == 200)
        }
    }

    @Test("files that cannot be used are refused in a sentence that quotes nothing of them")
    func problems() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let (one, two) = (try await authority.issue("one"), try await authority.issue("two"))
            let encrypted = "\(directory.path)/encrypted.key"
            let outcome = try await runTool(
                "openssl", ["pkcs8", "-topk8", "-in", one.key, "-out", encrypted, "-passout", "pass:hunter2"])
            #expect(outcome.status == 0)
            func problem(_ certificate: String, _ key: String, _ authorities: String? = nil) throws -> ServerTLS
                .Problem?
            {
                do throws(ServerTLS.Problem) {
                    let authorities = try? authorities.map { ClientAuthorities(certificates: try bytes($0)) }
                    let (certificate, key) = ((try? bytes(certificate)) ?? [], (try? bytes(key)) ?? [])
                    _ = try ServerTLS(
                        certificate: certificate, key: key, clients: authorities.map { .required($0) } ?? .notAsked)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(try problem(one.certificate, one.key, authority.certificate) == nil)
            #expect(
                try problem(one.certificate, two.key)?.sentence.contains("is not the key of the certificate") == true)
            #expect(try problem(one.key, one.key)?.part == .certificate)
            #expect(try problem(one.certificate, one.certificate)?.part == .key)
            #expect(try problem(one.certificate, encrypted)?.sentence.contains("is encrypted") == true)
            #expect(try problem("/nowhere", one.key)?.part == .certificate)
            #expect(try problem(one.certificate, one.key, one.key)?.part == .authorities)
        }
    }
}
