import Demo
import Foundation
import TestSupport
import Testing

/// What `poolscope size --format …` prints is taken by the tools that it is for.
@Suite("Printed settings in their tools")
struct SizeSettingsTests {
    private func settings(_ format: String, _ arguments: [String] = ["--cores", "4"]) async throws -> String {
        let outcome = try await runTool(ProductsDirectory.poolscope, ["size", "--format", format] + arguments)
        try #require(outcome.status == 0, "\(outcome.error)")
        return outcome.output
    }

    @Test("PgBouncer starts with them and has them")
    func pgbouncer() async throws {
        try await withPrivateDirectory { directory in
            // Pasted after what is there, as people do.
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=1"],
                settings: ["verbose": "0\n\(try await settings("pgbouncer"))"])
            // Its unix socket comes a moment after its port.
            let rows = try await eventually("the console answers", within: .seconds(60)) {
                try await bouncer.console("SHOW CONFIG")
            } is: {
                !$0.isEmpty
            }
            let config = Dictionary(rows.map { ($0["key"] ?? "", $0["value"] ?? "") }) { first, _ in first }
            for (key, value) in [
                "pool_mode": "transaction", "default_pool_size": "9", "min_pool_size": "2", "reserve_pool_size": "3",
                "max_client_conn": "1000", "query_wait_timeout": "30", "listen_addr": "127.0.0.1",
                "idle_transaction_timeout": "60",
                "server_connect_timeout": "2", "reserve_pool_timeout": "3", "server_lifetime": "1800",
            ] {
                #expect(config[key] == value, "\(key)")
            }
        }
    }

    @Test("PostgreSQL takes them, and the role has them", arguments: PostgresVersion.all)
    func postgres(version: PostgresVersion) async throws {
        let sql = try await settings("postgres")
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, binaries: try version.binaries())
            _ = try await server.execute("CREATE ROLE app LOGIN")
            _ = try await server.execute(sql)
            let role = try await server.execute(
                """
                SELECT rolconnlimit, array_to_string(rolconfig, ' ') FROM pg_roles WHERE rolname = 'app'
                """)
            #expect(
                role == "9|statement_timeout=30s lock_timeout=5s idle_in_transaction_session_timeout=60s")
        }
    }

    /// A library that only keeps what it is given.
    private static let pythonStub = """
        import json, sys, types
        kept = {}
        class ConnectionPool:
            check_connection = "check"
            def __init__(self, conninfo, **settings): kept.update(settings)
        def create_engine(url, **settings): kept.update(settings)
        sys.modules["psycopg_pool"] = types.SimpleNamespace(ConnectionPool=ConnectionPool)
        sys.modules["sqlalchemy"] = types.SimpleNamespace(create_engine=create_engine)
        exec(compile(sys.stdin.read(), "settings.py", "exec"))
        print(json.dumps(kept, sort_keys=True))
        """

    @Test("Python runs them", arguments: [("psycopg", "max_size"), ("sqlalchemy", "pool_size")])
    func python(format: String, key: String) async throws {
        let outcome = try await runTool(
            "python3", ["-c", Self.pythonStub], input: try await settings(format), environment: ["DATABASE_URL": nil])
        #expect(outcome.status == 0, "\(outcome.error)")
        let kept = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(kept[key] as? Int == 9)
        let session = kept[format == "psycopg" ? "kwargs" : "connect_args"] as? [String: Any]
        #expect(session?["connect_timeout"] as? Int == 2)
        // libpq and the server take the options as they are printed.
        let options = try #require(session?["options"] as? String)
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            let shown = try await runTool(
                "psql", ["-XAtq", "-d", "\(server.dsn()) options='\(options)'", "-c", "SHOW statement_timeout"])
            #expect(shown.output == "30s\n", "\(shown.error)")
        }
    }

    private static let hasNode = ["/usr/bin", "/usr/local/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/node")
    }

    @Test("Node runs them", .enabled(if: hasNode, "there is no node"))
    func node() async throws {
        let stub = """
            const Module = require("module"); const load = Module._load;
            class Stub { constructor(settings) { console.log(JSON.stringify(settings)); } on() {} }
            Module._load = (name, ...rest) => name === "pg" ? { Pool: Stub } : load(name, ...rest);
            \(try await settings("node-pg"))
            """
        let outcome = try await runTool("node", ["-"], input: stub, environment: ["DATABASE_URL": "postgres://x/y"])
        #expect(outcome.status == 0, "\(outcome.error)")
        let kept = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(kept["max"] as? Int == 9)
        #expect(kept["idleTimeoutMillis"] as? Int == 30_000)
        #expect(kept["connectionTimeoutMillis"] as? Int == 2_000)
        #expect(kept["statement_timeout"] as? Int == 30_000)
    }

    @Test("TOML's reader takes those for Supabase")
    func supabase() async throws {
        let outcome = try await runTool(
            "python3",
            [
                "-c",
                """
                import sys
                try: import tomllib
                except ImportError: from pip._vendor import tomli as tomllib
                pooler = tomllib.loads(sys.stdin.read())["db"]["pooler"]
                print(pooler["default_pool_size"], pooler["pool_mode"], pooler["max_client_conn"])
                """,
            ], input: try await settings("supabase"))
        #expect(outcome.output == "9 transaction 1000\n", "\(outcome.error)")
    }

    @Test("libpq takes the keywords of pgxpool's connection string that are not the pool's own")
    func pgxpool() async throws {
        let text = try await settings("pgxpool")
        let dsn = try #require(text.split(separator: "`").dropFirst().first)
        let words = dsn.split(whereSeparator: \.isWhitespace)
        #expect(words.allSatisfy { $0.split(separator: "=").count == 2 })
        #expect(words.contains("pool_max_conns=9"))
        let session = words.filter { $0.hasSuffix("s") && $0.contains("timeout=") && !$0.hasPrefix("pool_") }
        #expect(session.count == 3)
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            let options = session.map { "-c \($0)" }.joined(separator: " ")
            let shown = try await runTool(
                "psql", ["-XAtq", "-d", "\(server.dsn()) options='\(options)'", "-c", "SHOW lock_timeout"])
            #expect(shown.output == "5s\n", "\(shown.error)")
        }
    }

    @Test("for clients behind PgBouncer nothing is printed that it turns clients away for")
    func behindPooler() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["postgres": "host=127.0.0.1 port=\(server.port)"], users: ["postgres": ""])
            let client = bouncer.dsn(database: "postgres")
            let refused = try await runTool(
                "psql", ["-XAtq", "-d", "\(client) options='-c statement_timeout=30s'", "-c", "SELECT 1"])
            #expect(refused.status != 0, "what the formats leave out is refused: \(refused.output)")
            let load = try directory.write("SELECT pg_sleep(0.02);", to: "load.sql")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        _ = try await runTool(
                            "pgbench", ["-n", "-c", "2", "-T", "300", "-f", load, client], timeout: .seconds(320))
                    } catch is CancellationError {}
                }
                defer { group.cancelAll() }
                try await eventually("there is load", within: .seconds(60)) {
                    try await bouncer.console("SHOW STATS_TOTALS").contains { Int($0["xact_count"] ?? "") ?? 0 > 5 }
                }
                for format in ["node-pg", "pgxpool", "psycopg", "hikaricp", "sqlalchemy"] {
                    let text = try await settings(format, ["--pgbouncer", bouncer.dsn(), "--watch", "1s"])
                    #expect(!text.contains("statement_timeout"), "\(format)")
                    #expect(text.contains("poolscope size --format postgres"), "\(format)")
                }
            }
        }
    }
}
