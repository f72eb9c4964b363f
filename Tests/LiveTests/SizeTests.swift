import Demo
import Foundation
import TestSupport
import Testing

/// `poolscope size` on real servers under a load that is known.
@Suite("Sizing by a live load")
struct SizeTests {
    /// What the tests read of `--format json`.
    private struct Document: Decodable {
        struct Load: Decodable {
            let source: String
            let holder: String
            let arrivals: Double?
            let serviceSeconds: Double?
            let connectionsInUse: Double
            let waitingShare: Double
            let workingShare: Double?
        }

        struct Pool: Decodable {
            let database: String
            let user: String
        }

        struct Confidence: Decodable {
            let level: String
            let reasons: [String]
        }

        let poolSize: Int
        let usableSlots: Int?
        let load: Load?
        let pools: [Pool]
        let confidence: Confidence
    }

    /// Runs `poolscope size` while pgbench's clients run this script without a pause.
    private func size(
        _ arguments: [String], under script: String, clients: Int, through dsn: String, in directory: PrivateDirectory
    ) async throws -> Document {
        let file = try directory.write(script, to: "load.sql")
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let outcome = try await runTool(
                        "pgbench", ["-n", "-c", "\(clients)", "-j", "1", "-T", "300", "-f", file, dsn],
                        timeout: .seconds(320))
                    throw Unexpected(text: "pgbench ended: \(outcome.error)")
                } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            group.addTask { try await Task.sleep(for: .seconds(120)) }
            let outcome = try await runTool(
                ProductsDirectory.poolscope, ["size", "--format", "json"] + arguments, timeout: .seconds(110))
            guard outcome.status == 0 else { throw Unexpected(text: outcome.error) }
            return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
        }
    }

    private struct Unexpected: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }

    private func withPooler(
        _ settings: [String: String], _ body: (PrivateDirectory, PrivatePostgres, PrivatePgBouncer) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            _ = try await server.execute("CREATE ROLE web LOGIN; CREATE DATABASE shop OWNER web")
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: settings, users: ["web": "", "postgres": ""])
            try await body(directory, server, bouncer)
        }
    }

    @Test("through PgBouncer: three clients that never pause hold three connections, each for its transaction")
    func transactions() async throws {
        try await withPooler(["default_pool_size": "10"]) { directory, server, bouncer in
            let document = try await size(
                ["--pgbouncer", bouncer.dsn(), "--postgres", server.dsn(), "--watch", "6s", "--cores", "8"],
                under: "SELECT pg_sleep(0.05);", clients: 3, through: bouncer.dsn(database: "shop", user: "web"),
                in: directory)
            let load = try #require(document.load)
            #expect(load.source == "pgbouncer" && load.holder == "transaction")
            #expect(load.connectionsInUse > 1 && load.connectionsInUse < 3.5, "\(load)")
            #expect((load.serviceSeconds ?? 0) > 0.049)
            #expect(document.pools.first?.database == "shop" && document.pools.first?.user == "web")
            #expect(document.usableSlots == 47)
            #expect(document.poolSize > Int(load.connectionsInUse))
        }
    }

    @Test("the wait in PgBouncer is no service: six clients of a pool of one hold one connection")
    func waits() async throws {
        try await withPooler(["default_pool_size": "1"]) { directory, _, bouncer in
            let document = try await size(
                ["--pgbouncer", bouncer.dsn(), "--watch", "8s"], under: "SELECT pg_sleep(0.05);", clients: 6,
                through: bouncer.dsn(database: "shop", user: "web"), in: directory)
            let load = try #require(document.load)
            #expect(load.connectionsInUse < 1.5, "with the wait it would be 6: \(load)")
            #expect(load.waitingShare > 0.5)
            #expect(document.confidence.level == "low")
            #expect(document.confidence.reasons.contains { $0.contains("clients waited") })
        }
    }

    @Test("in session mode an idle client holds its connection, too")
    func sessions() async throws {
        try await withPooler(["pool_mode": "session", "default_pool_size": "10"]) { directory, _, bouncer in
            let document = try await size(
                ["--pgbouncer", bouncer.dsn(), "--watch", "3s"], under: "SELECT 1;\n\\sleep 200 ms", clients: 2,
                through: bouncer.dsn(database: "shop", user: "web"), in: directory)
            let load = try #require(document.load)
            #expect(load.holder == "session")
            #expect(load.connectionsInUse > 1.5 && load.connectionsInUse < 2.5, "\(load)")
        }
    }

    @Test("on a server alone: time at work and time idle in transaction", arguments: PostgresVersion.all)
    func server(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, binaries: try version.binaries())
            _ = try await server.execute("CREATE DATABASE shop")
            // A session that touches no table does not report its transactions to the server's counters.
            _ = try await server.execute("CREATE TABLE orders (id int)", database: "shop")
            let document = try await size(
                ["--postgres", server.dsn(), "--database", "shop", "--watch", "10s"],
                under: "BEGIN;\nSELECT count(*), pg_sleep(0.05) FROM orders;\n\\sleep 50 ms\nEND;", clients: 3,
                through: server.dsn(database: "shop"), in: directory)
            let load = try #require(document.load)
            #expect(load.source == "postgres")
            #expect(load.connectionsInUse > 1 && load.connectionsInUse < 4, "\(load)")
            #expect((load.workingShare ?? 0) > 0.2 && (load.workingShare ?? 1) < 0.9, "\(load)")
            #expect(document.pools.map(\.database) == ["shop"])
        }
    }

    @Test("from a configuration: the server of the pooler's cluster is found, and its cores")
    func configuration() async throws {
        try await withPooler([:]) { directory, server, bouncer in
            let file = try directory.write(
                """
                targets:
                  - {name: main, cluster: shop, cores: 4, spindles: 2, dsn: "\(server.dsn())"}
                  - {name: pool, cluster: shop, kind: pgbouncer, dsn: "\(bouncer.dsn())"}
                  - {name: other, dsn: "host=127.0.0.1 port=1"}
                """, to: "poolscope.yml")
            let document = try await size(
                ["--config", file, "--target", "pool", "--watch", "2s"], under: "SELECT pg_sleep(0.05);", clients: 2,
                through: bouncer.dsn(database: "shop", user: "web"), in: directory)
            #expect(document.usableSlots == 47)
            let unclear = try await runTool(ProductsDirectory.poolscope, ["size", "--config", file])
            #expect(unclear.status == 1)
            #expect(unclear.error.contains("several of kind postgres"))
            let unknown = try await runTool(ProductsDirectory.poolscope, ["size", "--config", file, "--target", "x"])
            #expect(unknown.status == 1)
            #expect(unknown.error.contains("no target “x”; it has: main, pool, other"))
        }
    }

    @Test("a target without load, or without the database, gets a sentence and exit code 1")
    func idle() async throws {
        try await withPooler([:]) { _, _, bouncer in
            let idle = try await runTool(
                ProductsDirectory.poolscope, ["size", "--pgbouncer", bouncer.dsn(), "--watch", "1s"])
            #expect(idle.status == 1)
            #expect(idle.error.contains("there is no load to size for"))
            #expect(idle.output.isEmpty)
            let missing = try await runTool(
                ProductsDirectory.poolscope,
                ["size", "--pgbouncer", bouncer.dsn(), "--watch", "1s", "--database", "shoop"])
            #expect(missing.status == 1)
            #expect(missing.error.contains("no database “shoop”; there are:"))
        }
    }

    @Test("a target that cannot be reached gets a sentence without the password")
    func unreachable() async throws {
        let secret = "hunter2-SECRET"
        for (flag, dsn) in [
            ("--postgres", "host=127.0.0.1 port=1 user=a password=\(secret) dbname=x"),
            ("--pgbouncer", "postgresql://a:\(secret)@127.0.0.1:1/pgbouncer"),
        ] {
            let outcome = try await runTool(ProductsDirectory.poolscope, ["size", flag, dsn, "--watch", "1s"])
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("refused"), "\(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count <= 2)
            #expect(!(outcome.error + outcome.output).contains(secret))
        }
    }

    @Test(
        "bad flags get a sentence and exit code 64",
        arguments: [
            ([], "nothing to size by"), (["--cores", "0"], "--cores: 0 is not between 1 and 10000"),
            (["--cores", "four"], "four"), (["--cores", "4", "--spindles", "-1"], "spindles"),
            (["--spindles", "2", "--arrival-rate", "1", "--service-time", "1s"], "nothing without --cores"),
            (["--cores", "4", "--format", "xml"], "“xml” is none of text, json"),
            (["--cores", "4", "--poolers", "0"], "--poolers: 0"),
            (["--cores", "4", "--pools", "20000"], "--pools: 20000"),
            (["--arrival-rate", "5"], "go together"), (["--service-time", "5ms"], "go together"),
            (["--arrival-rate", "5", "--service-time", "5"], "“5” is not a duration"),
            (["--arrival-rate", "nan", "--service-time", "1s"], "nan"),
            (["--arrival-rate", "0", "--service-time", "1s"], "0.0 per second"),
            (["--arrival-rate", "5", "--service-time", "1s", "--postgres", "host=x"], "exclude each other"),
            (["--cores", "4", "--wait-probability", "1"], "--wait-probability: 1.0"),
            (["--cores", "4", "--wait-probability", "nan"], "--wait-probability: nan"),
            (["--cores", "4", "--watch", "30s"], "are about a target"), (["--target", "a"], "give it with --config"),
            (["--postgres", "host=x", "--watch", "2h"], "between 1s and 1h"),
            (["--postgres", "host=x", "--config", "a.yml"], "exclude each other"),
        ] as [([String], String)])
    func badFlags(arguments: [String], words: String) async throws {
        let outcome = try await runTool(ProductsDirectory.poolscope, ["size"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "a load that is no load, and a file that is not there, get a sentence and another exit code",
        arguments: [
            (["--arrival-rate", "1000000", "--service-time", "1h"], 1, "beyond 10000"),
            (["--arrival-rate", "5", "--service-time", "0s"], 1, "service time of 0 s"),
            (["--config", "/nonexistent/poolscope.yml"], 2, "/nonexistent/poolscope.yml"),
            (["--postgres", "host"], 2, "--postgres"),
            (["--pgbouncer", "host=x", "--pools", "3"], 1, "--pools: PgBouncer shows its pools itself"),
        ] as [([String], Int32, String)])
    func badInput(arguments: [String], status: Int32, words: String) async throws {
        let outcome = try await runTool(ProductsDirectory.poolscope, ["size"] + arguments)
        #expect(outcome.status == status)
        #expect(outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }
}
