import Demo
import Foundation
import TestSupport
import Testing

/// The agent as people run it: TLS, passwords, Prometheus and a browser.
@Suite("The secured web server", .timeLimit(.minutes(10)))
struct WebSecurityTests {
    /// Of `fakepassword`.
    private static let users = """
        basic_auth_users:
          prometheus: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi

        """
    private static let tls = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
    private static let target = ["serve", "--postgres", "host=127.0.0.1 port=1 user=x dbname=x"] + listen

    @Test("Prometheus scrapes over TLS with a password; without either nobody gets in; a renewed certificate is taken")
    func prometheus() async throws {
        try await withPrivateDirectory { directory in
            let authority = try await TestAuthority.create(in: directory)
            let next = try await TestAuthority.create(in: directory, name: "next")
            _ = try await authority.issue("server")
            let web = try directory.write(Self.tls + Self.users, to: "web.yml")
            let end = try await withPoolscope(Self.target + ["--web.config.file", web]) { poolscope in
                let url = try await poolscope.url().replacing("http:", with: "https:")
                let trust = ["--cacert", authority.certificate]
                let user = ["--user", "prometheus:fakepassword"]
                for path in ["/", "/metrics", "/api/v1/status", "/-/healthy", "/-/ready", "/nowhere"] {
                    #expect(try await Curl.get(url + path, trust).status == 401)
                }
                #expect(try await Curl.get(url, trust + ["--user", "prometheus:wrong-SECRET"]).status == 401)
                #expect(try await Curl.get(url + "/metrics", user).status == 0, "not trusted")
                #expect(try await Curl.get(url + "/metrics", trust + user).text.contains("poolscope_build_info"))
                let port = url.split(separator: ":").last ?? ""
                let prometheus = try await PrivatePrometheus.start(
                    in: directory, configuration: Self.scrape(port: "\(port)", "fakepassword"),
                    files: ["authority.crt": try String(contentsOfFile: authority.certificate, encoding: .utf8)])
                let up = try await eventually("Prometheus scrapes both jobs") {
                    try await prometheus.query("up")
                } is: {
                    $0.count == 2 && $0.contains { $0.labels["job"] == "right" && $0.value == 1 }
                        && $0.contains { $0.labels["job"] == "wrong" && $0.value == 0 }
                }
                #expect(up.count == 2)
                try await prometheus.stop()

                _ = try await next.issue("server")
                let renewed = ["--cacert", next.certificate] + user
                try await eventually("the renewed certificate is shown") {
                    try await Curl.get(url + "/-/healthy", renewed).status == 200
                }
                #expect(try await Curl.get(url + "/-/healthy", trust + user).status == 0)
                _ = try directory.write(Self.tls + "basic_auth_users: {prometheus: hunter2-SECRET}\n", to: "web.yml")
                try await eventually("the mistake is told") { poolscope.output.contains("is not a bcrypt hash") }
                #expect(try await Curl.get(url + "/-/healthy", renewed).status == 200, "the last good one holds")
            }
            #expect(end.status == 0)
            #expect(end.output.contains("TLS, basic authentication (1 user)"))
            #expect(!end.output.contains("SECRET") && !end.output.contains("QOauh") && !end.output.contains("fakepass"))
        }
    }

    private static func scrape(port: String, _ password: String) -> String {
        let jobs = [("right", password), ("wrong", "guess")].map { name, password in
            """
              - job_name: \(name)
                scheme: https
                basic_auth: {username: prometheus, password: \(password)}
                tls_config: {ca_file: authority.crt, server_name: localhost}
                static_configs: [{targets: ["127.0.0.1:\(port)"]}]

            """
        }
        return "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" + jobs.joined()
    }

    @Test("whoever is known sees the sessions, in the browser too, which axe has nothing against; nobody else does")
    func sessions() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            _ = try await server.execute(
                "CREATE TABLE lonely (id int); INSERT INTO lonely VALUES (1); GRANT ALL ON lonely TO app")
            let dsn = server.dsn(user: "app")
            let holder = ServerClients.Client("holder-app", dsn, "BEGIN", "UPDATE lonely SET id = 2 WHERE id = 1")
            let waiter = ServerClients.Client("waiter-app", dsn, "UPDATE lonely SET id = 3 WHERE id = 1")
            let web = try directory.write(Self.users, to: "web.yml")
            let arguments = ["serve", "--postgres", server.dsn(user: "poolscope")] + listen
            try await ServerClients.with([holder, waiter], on: server) {
                try await withPoolscope(arguments + ["--web.config.file", web]) { poolscope in
                    let url = try await poolscope.url()
                    let known = ["Authorization": "Basic \(Data("prometheus:fakepassword".utf8).base64EncodedString())"]
                    let json = try await eventually("the one waits for the other") {
                        try await HTTPClient.get(url + "/api/v1/status", headers: known, timeout: .seconds(60)).text
                    } is: {
                        $0.contains("\"blocks\":1")
                    }
                    #expect(json.contains("holder-app") && json.contains("waiter-app") && !json.contains("UPDATE"))
                    #expect(try await HTTPClient.get(url + "/api/v1/status").status == 401)
                    let look = try await Browser.look(
                        at: url.replacing("http://", with: "http://prometheus:fakepassword@") + "/",
                        in: [
                            Browser.View("sessions", width: 1_100, height: 760),
                            Browser.View("sessions-phone", width: 390, height: 844, dark: true, touch: true, scale: 2),
                        ],
                        once: "document.querySelector('#sessions')?.textContent.includes('waiter-app')",
                        evaluate: Self.renewed)
                    #expect(look.messages == [])
                    for view in look.views { #expect(view.violations == [] && view.overflow == 0, "\(view.name)") }
                    #expect(look.value?.contains("holder-app") == true && look.value?.contains("UPDATE") == false)
                }
                try await withPoolscope(arguments) { poolscope in
                    let url = try await poolscope.url()
                    try await poolscope.metrics("the one waits for the other") {
                        $0.series("poolscope_blocked_sessions", ["datname": "postgres"]) == 1
                    }
                    for path in ["/", "/api/v1/status"] {
                        let text = try await HTTPClient.get(url + path).text
                        for word in ["holder-app", "waiter-app", "\"sessions\"", "blocked_by"] {
                            #expect(!text.contains(word), "\(path) \(word)")
                        }
                    }
                }
            }
        }
    }

    /// The sessions after the page has renewed itself.
    private static let renewed = """
        new Promise((done) => {
          const time = () => document.querySelector("#freshness time")?.dateTime;
          const before = time();
          const timer = setInterval(() => {
            if (!time() || time() === before) return;
            clearInterval(timer);
            done(document.querySelector("#sessions").textContent);
          }, 50);
        })
        """

    @Test("config check reads the web configuration file too, and serve refuses a bad one with exit code 2")
    func check() async throws {
        try await withPrivateDirectory { directory in
            let file = try directory.write("web_config_file: web.yml\ntargets:\n- dsn: host=x\n", to: "poolscope.yml")
            let web = try directory.write(Self.users, to: "web.yml")
            for arguments in [[file], ["--web.config.file", web]] {
                let outcome = try await runTool(ProductsDirectory.poolscope, ["config", "check"] + arguments)
                #expect(outcome.status == 0, "\(outcome.error)")
                #expect(outcome.output.contains("web.yml: good: basic authentication (1 user)"))
                #expect(outcome.error.contains("passwords travel unencrypted"))
            }
            _ = try directory.write("basic_auth_users:\n  ann: hunter2-SECRET\n", to: "web.yml")
            let commands = [
                ["config", "check", file], ["config", "check", "--web.config.file=\(web)"],
                ["serve", "--config", file],
                Self.target + ["--web.config.file", web],
            ]
            for arguments in commands {
                let outcome = try await runTool(ProductsDirectory.poolscope, arguments)
                #expect(outcome.status == 2)
                #expect(outcome.error.contains("web.yml:2: basic_auth_users.ann: is not a bcrypt hash"))
                #expect(!outcome.error.contains("SECRET"))
            }
            let missing = try await runTool(
                ProductsDirectory.poolscope, Self.target + ["--web.config.file", "/nowhere/web.yml"])
            #expect(missing.status == 2 && missing.error.contains("/nowhere/web.yml: there is no such file"))
        }
    }
}
