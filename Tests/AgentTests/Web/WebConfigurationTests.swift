import Demo
import Foundation
import TestSupport
import Testing
import WebServer

@testable import Agent

@Suite("The web configuration file", .timeLimit(.minutes(10)))
struct WebConfigurationTests {
    private static let hash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"

    private func problems(_ text: String, in directory: PrivateDirectory) throws -> [String] {
        let path = try directory.write(text, to: "web.yml")
        do throws(ConfigurationError) {
            _ = try WebConfiguration.load(path: path)
            return []
        } catch {
            return error.problems.map { $0.description.replacing(directory.path + "/", with: "") }
        }
    }

    @Test("what exporter-toolkit reads is read, with paths relative to the file")
    func good() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            _ = try await authority.issue("server")
            let path = try directory.write(
                """
                tls_server_config:
                  cert_file: server.crt
                  key_file: server.key
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: \(authority.certificate)
                  client_allowed_sans: [prometheus.example.org]
                  min_version: TLS13
                  curve_preferences: [X25519, CurveP256]
                  prefer_server_cipher_suites: true
                  cipher_suites: []
                http_server_config:
                  http2: true
                  headers:
                    Strict-Transport-Security: max-age=31536000
                    X-Frame-Options: deny
                basic_auth_users:
                  prometheus: \(Self.hash)
                  ann: \(Self.hash)
                rate_limit: {interval: 100ms, burst: 20}
                """, to: "web.yml")
            let web = try WebConfiguration.load(path: path)
            #expect(web.security.tls != nil && web.security.authenticates)
            #expect(Set(web.security.users.keys) == ["prometheus", "ann"])
            #expect(web.security.rate == RequestRate(interval: .milliseconds(100), burst: 20))
            #expect(web.security.headers.map(\.name) == ["Strict-Transport-Security", "X-Frame-Options"])
            #expect(web.notices == ["http_server_config.http2: Poolscope speaks HTTP/1.1 all the same"])
            #expect(web.summary == "TLS, client certificates, basic authentication (2 users)")
            #expect(web.files.now() == web.files)
            var dumped = ""
            dump(web, to: &dumped)
            #expect(!dumped.contains("QOauh") && !dumped.contains("PRIVATE"))
            let inline = try String(contentsOfFile: "\(directory.path)/server.crt", encoding: .utf8)
            let key = try String(contentsOfFile: "\(directory.path)/server.key", encoding: .utf8)
            func block(_ text: String) -> String { text.split(separator: "\n").map { "    \($0)\n" }.joined() }
            #expect(
                try problems("tls_server_config:\n  cert: |\n\(block(inline))  key: |\n\(block(key))", in: directory)
                    == [])
        }
    }

    @Test("what asks for nothing is good, and told", arguments: ["", "# nothing\n", "basic_auth_users:\n", "{}"])
    func nothing(_ text: String) async throws {
        try await withPrivateDirectory { directory in
            let web = try WebConfiguration.load(path: try directory.write(text, to: "web.yml"))
            #expect(!web.security.authenticates && web.security.tls == nil)
            #expect(web.notices == ["it asks for nothing: plain HTTP for everybody"])
        }
    }

    @Test("every mistake gets a sentence with line and key, and no secret is in it")
    func bad() async throws {
        try await withPrivateDirectory { directory in
            let found = try problems(
                """
                tls_server_config:
                  cert_file: nope.crt
                  client_auth_type: RequireAnyClientCert
                  min_version: TLS10
                  cipher_suites: [TLS_X]
                  curve_preferences: [P256]
                  prefer_server_cipher_suites: maybe
                basic_auth_user: {}
                basic_auth_users:
                  prometheus: hunter2-SECRET
                  a:b: \(Self.hash)
                http_server_config:
                  headers: {X-Foo: 1, X-Frame-Options: never}
                rate_limit: {interval: 5, burst: x}
                """, in: directory)
            let starts = [
                "web.yml:2: tls_server_config.cert_file: nope.crt: there is no such file",
                "web.yml:2: tls_server_config.key_file: is missing",
                "web.yml:3: tls_server_config.client_auth_type: “RequireAnyClientCert” asks for certificates that nobody",
                "web.yml:4: tls_server_config.min_version: “TLS10” is broken",
                "web.yml:5: tls_server_config.cipher_suites: is not supported",
                "web.yml:6: tls_server_config.curve_preferences[0]: “P256” is not a curve",
                "web.yml:7: tls_server_config.prefer_server_cipher_suites: must be true or false",
                "web.yml:8: basic_auth_user: is not a key of the web configuration; did you mean “basic_auth_users”?",
                "web.yml:10: basic_auth_users.prometheus: is not a bcrypt hash",
                "web.yml:11: basic_auth_users.a:b: is a user with a colon",
                "web.yml:13: http_server_config.headers.X-Foo: is not a header that can be set",
                "web.yml:13: http_server_config.headers.X-Frame-Options: must be deny or sameorigin",
                "web.yml:14: rate_limit.burst: “x” is not a whole number",
                "web.yml:14: rate_limit.interval: “5” is not a duration",
            ]
            for start in starts { #expect(found.contains { $0.hasPrefix(start) }, "\(start)") }
            #expect(found.count == starts.count)
            #expect(!found.joined().contains("SECRET"))
        }
    }

    @Test("certificates that do not fit are told by their key")
    func certificates() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            _ = try await authority.issue("one")
            _ = try await authority.issue("two")
            let pairs = [
                ("cert_file: one.crt\n  key_file: two.key", "web.yml:3: tls_server_config.key_file: is not the key of"),
                (
                    "cert_file: one.key\n  key_file: one.key",
                    "web.yml:2: tls_server_config.cert_file: is not a certificate"
                ),
                (
                    "cert_file: one.crt\n  key_file: one.crt",
                    "web.yml:3: tls_server_config.key_file: is not a private key"
                ),
                (
                    "cert_file: one.crt\n  key_file: one.key\n  cert: x",
                    "web.yml:4: tls_server_config.cert: is given besides"
                ),
                (
                    "cert_file: one.crt\n  key_file: one.key\n  client_ca_file: one.crt",
                    "web.yml:4: tls_server_config.client_ca_file: does nothing without client_auth_type"
                ),
                (
                    "cert_file: one.crt\n  key_file: one.key\n  client_auth_type: RequireAndVerifyClientCert",
                    "web.yml:2: tls_server_config.client_ca_file: is missing"
                ),
                (
                    "cert_file: one.crt\n  key_file: one.key\n  min_version: TLS13\n  max_version: TLS12",
                    "web.yml:4: tls_server_config.min_version: is newer than max_version"
                ),
            ]
            for (text, start) in pairs {
                let found = try problems("tls_server_config:\n  \(text)\n", in: directory)
                #expect(found.count == 1 && found.first?.hasPrefix(start) == true, "\(found)")
            }
        }
    }

    @Test("docs/web.md has the keys of the reader, and its examples are valid")
    func documentation() async throws {
        let root = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        let document = try String(contentsOfFile: "/\(root)/docs/web.md", encoding: .utf8)
        let rows = document.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
        #expect(
            rows == WebKey.allCases.map(\.documentationRow) + WebTLSKey.allCases.map(\.documentationRow)
                + WebHTTPKey.allCases.map(\.documentationRow) + WebRateKey.allCases.map(\.documentationRow))
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory, name: "clients")
            _ = try await authority.issue("server")
            let examples = document.components(separatedBy: "```yaml\n").dropFirst().map {
                $0.components(separatedBy: "```")[0]
            }.filter { !$0.contains("scrape_configs") }
            #expect(!examples.isEmpty)
            for example in examples { #expect(try problems(example, in: directory) == []) }
        }
    }

    @Test("a change is taken at the next look; what is bad is not, and what was good before holds")
    func watch() async throws {
        try await withPrivateDirectory { directory in
            let path = try directory.write("basic_auth_users: {ann: \(Self.hash)}\n", to: "web.yml")
            let web = try WebConfiguration.load(path: path)
            let server = try WebServer.start(
                [ListenAddress(parsing: "127.0.0.1:0")],
                router: Router([Route(path: "/") { _ in PreparedReply(status: 200, text: "in\n") }]),
                security: web.security)
            let url = "http://\(server.boundAddresses[0])/"
            func status(_ user: String) async throws -> Int {
                let credentials = Data("\(user):fakepassword".utf8).base64EncodedString()
                return try await HTTPClient.get(
                    url, headers: ["Authorization": "Basic \(credentials)"], timeout: .seconds(60)
                ).status
            }
            var watch = WebConfigurationWatch(path: path, web, server: server, log: .init(label: "test"))
            #expect(try await status("ann") == 200)
            _ = try directory.write("basic_auth_users: {bob: \(Self.hash)}\n", to: "web.yml")
            watch.look()
            #expect(try await status("ann") == 401)
            #expect(try await status("bob") == 200)
            _ = try directory.write("basic_auth_users: [\n", to: "web.yml")
            watch.look()
            watch.look()
            #expect(try await status("bob") == 200)
            try FileManager.default.removeItem(atPath: path)
            watch.look()
            #expect(try await status("bob") == 200)
            #expect(try await HTTPClient.get(url).status == 401)
            _ = try directory.write("rate_limit: {interval: 1ms, burst: 100}\n", to: "web.yml")
            watch.look()
            #expect(try await HTTPClient.get(url).status == 200)
        }
    }
}
