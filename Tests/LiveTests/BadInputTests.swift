import Demo
import Foundation
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
    /// Starts the agent with these targets and gives the first target's state and the log once it has been tried.
    private func sentence(_ arguments: [String], state: String) async throws -> String {
        let end = try await withPoolscope(["serve"] + arguments + listen) { poolscope in
            try await poolscope.reaches(state)
            #expect(try await HTTPClient.get(try await poolscope.url() + "/-/ready").status == 200, "it goes on")
        }
        #expect(end.status == 0)
        return end.output
    }

    @Test("wrong host, port, password, database and kind: a state, a sentence, and the agent goes on")
    func targets() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, authentication: .scram)
            _ = try await server.execute("CREATE ROLE poolscope LOGIN PASSWORD 'right'")
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: ["shop": "host=127.0.0.1 port=\(server.port) user=poolscope password=right dbname=postgres"],
                settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            let right = server.dsn(user: "poolscope", password: "right")

            let wrongPort = try await sentence(
                ["--postgres", "host=127.0.0.1 port=1 user=poolscope dbname=x"], state: "refused")
            #expect(wrongPort.contains("refused"))
            let wrongHost = try await sentence(
                ["--postgres", "host=no-such-host.invalid user=poolscope dbname=x"], state: "refused")
            #expect(wrongHost.contains("no-such-host.invalid"))
            let wrongPassword = try await sentence(
                ["--postgres", server.dsn(user: "poolscope", password: "hunter2-SECRET")], state: "auth_failed")
            #expect(wrongPassword.contains("password authentication failed"))
            #expect(!wrongPassword.contains("hunter2-SECRET"))
            let wrongDatabase = try await sentence(
                ["--postgres", server.dsn(database: "nowhere", user: "poolscope", password: "right")],
                state: "auth_failed")
            #expect(wrongDatabase.contains("nowhere"))
            let reverse = try await sentence(["--pgbouncer", right + " application_name=x"], state: "disconnected")
            #expect(reverse.contains("not PgBouncer's admin console"))
            let console = try await sentence(["--postgres", bouncer.dsn(user: "poolscope")], state: "disconnected")
            #expect(console.contains("this is PgBouncer's admin console"))

            // Through a pooler the figures are true, but the way is not the right one.
            let pooled = try await sentence(
                ["--postgres", bouncer.dsn(database: "shop", user: "poolscope")], state: "up")
            #expect(pooled.contains("through a pooler"))
        }
    }

    @Test("a taken port is one sentence and exit code 1")
    func takenPort() async throws {
        let target = ["--postgres", "host=127.0.0.1 port=1"]
        try await withPoolscope(["serve"] + target + listen) { first in
            let address = try await first.url().replacing("http://", with: "")
            let outcome = try await runTool(ProductsDirectory.poolscope, ["serve", "--listen", address] + target)
            #expect(outcome.status == 1)
            let lines = outcome.error.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(lines.first?.contains("cannot listen on \(address)") == true)
        }
    }

    @Test("a configuration that is bad is refused with file, line and key, and exit code 2")
    func configuration() async throws {
        try await withPrivateDirectory { directory in
            let file = try directory.write("targets:\n  - name: a\n    dsn: host=x\n    colour: red\n", to: "bad.yml")
            for arguments in [["config", "check", file], ["serve", "--config", file]] {
                let outcome = try await runTool(ProductsDirectory.poolscope, arguments)
                #expect(outcome.status == 2)
                #expect(outcome.error.contains("bad.yml:4: targets[0].colour"), "\(outcome.error)")
            }
            let asDirectory = try await runTool(ProductsDirectory.poolscope, ["config", "check", directory.path])
            #expect(asDirectory.status == 2)
            #expect(asDirectory.error.contains("directory"))
            let good = try directory.write("targets:\n  - dsn: host=x\n", to: "good.yml")
            let outcome = try await runTool(ProductsDirectory.poolscope, ["config", "check", good])
            #expect(outcome.status == 0)
            #expect(outcome.output == "\(good): good: 1 target\n")
        }
    }

    @Test("no target at all says how to name one")
    func noTarget() async throws {
        let outcome = try await runTool(
            ProductsDirectory.poolscope, ["serve"], environment: ["DATA_SOURCE_NAME": nil, "DATA_SOURCE_URI": nil])
        #expect(outcome.status == 2)
        #expect(outcome.error.contains("--postgres"))
        #expect(outcome.error.contains("poolscope demo"))
    }

    @Test("every command has help with an example, and the version is printed")
    func help() async throws {
        for command in [["serve"], ["demo"], ["config", "check"], ["catalog", "metrics"]] {
            let outcome = try await runTool(ProductsDirectory.poolscope, command + ["--help"])
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("poolscope \(command.joined(separator: " "))"))
        }
        let version = try await runTool(ProductsDirectory.poolscope, ["--version"])
        #expect(version.output.contains(#/^\d+\.\d+\.\d+\n$/#))
    }
}

@Suite("Secrets")
struct SecretTests {
    @Test("a password is in no log, page, metric or process list, wherever it came from")
    func nowhere() async throws {
        try await withPrivateDirectory { directory in
            let secret = "hunter2-SECRET"
            let server = try await PrivatePostgres.start(in: directory, authentication: .scram)
            _ = try await server.execute(
                "CREATE ROLE poolscope LOGIN PASSWORD '\(secret)'; GRANT pg_monitor TO poolscope")
            let passwordFile = try directory.write(secret + "\n", to: "password")
            let config = try directory.write(
                """
                targets:
                  - name: from-file
                    dsn: \(server.dsn(user: "poolscope"))
                    password_file: \(passwordFile)
                """, to: "poolscope.yml")
            let serviceFile = try directory.write(
                "[watched]\nhost=127.0.0.1\nport=\(server.port)\nuser=poolscope\ndbname=postgres\n", to: "services")
            let passwords = try directory.write("127.0.0.1:*:*:poolscope:\(secret)\n", to: "pgpass")
            // libpq ignores one that others may read.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passwords)
            let uri = "postgresql://poolscope:\(secret)@127.0.0.1:\(server.port)/postgres"
            let query = "postgresql://127.0.0.1:\(server.port)/postgres?user=poolscope&password=\(secret)"
            let runs: [([String], [String: String?])] = [
                (["--postgres", server.dsn(user: "poolscope", password: secret)], [:]),
                (["--postgres", uri], [:]), (["--postgres", query], [:]), (["--config", config], [:]),
                ([], ["DATA_SOURCE_NAME": uri]),
                (["--postgres", server.dsn(user: "poolscope")], ["PGPASSWORD": secret]),
                (
                    ["--postgres", "user=poolscope"],
                    ["PGHOST": "127.0.0.1", "PGPORT": "\(server.port)", "PGDATABASE": "postgres", "PGPASSWORD": secret]
                ),
                (["--postgres", "service=watched"], ["PGSERVICEFILE": serviceFile, "PGPASSFILE": passwords]),
            ]
            for (arguments, environment) in runs {
                let end = try await withPoolscope(["serve"] + arguments + listen, environment: environment) {
                    poolscope in
                    try await poolscope.reaches("up")
                    let url = try await poolscope.url()
                    for page in ["/", "/metrics", "/-/ready"] {
                        #expect(!(try await HTTPClient.get(url + page).text.contains(secret)))
                    }
                    let commandLine = try text(ofFile: "/proc/\(poolscope.processID)/cmdline")
                    #expect(!commandLine.contains(secret), "\(arguments.first ?? "environment")")
                    // And not when the server has become unreachable, either.
                    try await server.stop()
                    try await poolscope.reaches("refused")
                    try await server.start()
                }
                #expect(!end.output.contains(secret))
            }
        }
    }
}

/// The whole of a text file; files of /proc have no size, so they are read to their end.
func text(ofFile path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    defer { try? file.close() }
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
}
