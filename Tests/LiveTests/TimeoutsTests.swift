import Demo
import TestSupport
import Testing

@Suite("Effective time-outs on a real server")
struct TimeoutsTests {
    /// What a session of this role in this database has, in seconds.
    private func shown(
        _ setting: String, _ server: PrivatePostgres, database: String, user: String
    ) async throws -> Double? {
        let outcome = try await runTool(
            "psql",
            [
                "-X", "-q", "-A", "-t", "-d", server.dsn(database: database, user: user), "-c",
                "SELECT setting::float8 / 1000 FROM pg_settings WHERE name = '\(setting)'",
            ])
        return Double(outcome.output.filter { !$0.isWhitespace })
    }

    @Test("they are what sessions of these roles in these databases are given")
    func effective() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, settings: ["statement_timeout": "30s"])
            _ = try await server.execute(
                """
                CREATE ROLE batch LOGIN; CREATE DATABASE stock;
                ALTER ROLE ALL SET idle_session_timeout = '2h';
                ALTER DATABASE shop SET statement_timeout = '1.5min';
                ALTER DATABASE shop SET lock_timeout = '010';
                ALTER ROLE app SET lock_timeout = 250;
                ALTER ROLE app SET idle_in_transaction_session_timeout = '0x10 s';
                ALTER ROLE batch SET statement_timeout = 0;
                ALTER ROLE batch IN DATABASE shop SET statement_timeout = '1.0001h';
                """)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                let metrics = try await poolscope.metrics("the time-outs are there") {
                    $0.sum("poolscope_timeout_seconds") != nil
                }
                func value(_ scope: String, _ name: String, _ setting: String) -> Double? {
                    metrics.series("poolscope_timeout_seconds", ["scope": scope, "name": name, "setting": setting])
                }
                let settings = [
                    "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
                ]
                for setting in settings {
                    // postgres and stock have no settings of their own, nor has the role postgres.
                    let base = try await shown(setting, server, database: "stock", user: "postgres")
                    #expect(base != nil && value("server", "", setting) == base, "\(setting)")
                    #expect(value("database", "stock", setting) == base, "\(setting)")
                    let shop = try await shown(setting, server, database: "shop", user: "postgres")
                    #expect(value("database", "shop", setting) == shop, "\(setting)")
                    for role in ["app", "batch", "poolscope"] {
                        let own = try await shown(setting, server, database: "stock", user: role)
                        #expect(value("role", role, setting) == own, "\(role) \(setting)")
                    }
                    // Our own session has set these for itself.
                    let ours = try await shown(setting, server, database: "postgres", user: "poolscope")
                    #expect(metrics.series("pg_settings_\(setting)_seconds") == ours, "\(setting)")
                }
                let pair = try await shown("statement_timeout", server, database: "shop", user: "batch")
                #expect(pair == 3_600)
                #expect(value("role_in_database", "batch@shop", "statement_timeout") == pair)
                #expect(value("role_in_database", "batch@shop", "lock_timeout") == nil)
                #expect(metrics.series("pg_settings_default_transaction_read_only") == 0)
                #expect(metrics.series("pg_settings_transaction_read_only") == 0)
            }
        }
    }

    @Test("what is set for our own role hides the server's value: it is left out, not guessed")
    func hidden() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, settings: ["statement_timeout": "30s"])
            _ = try await server.execute(
                """
                ALTER ROLE poolscope SET statement_timeout = '7s'; ALTER DATABASE shop SET statement_timeout = '9s';
                ALTER DATABASE postgres SET lock_timeout = '3s';
                """)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                let metrics = try await poolscope.metrics("the time-outs are there") {
                    $0.sum("poolscope_timeout_seconds") != nil
                }
                let family = "poolscope_timeout_seconds"
                let statement = ["setting": "statement_timeout"]
                #expect(metrics.sum(family, statement.merging(["scope": "server"]) { $1 }) == nil)
                #expect(metrics.sum(family, statement.merging(["name": "postgres"]) { $1 }) == nil)
                #expect(metrics.series(family, statement.merging(["name": "shop"]) { $1 }) == 9)
                #expect(metrics.series(family, statement.merging(["name": "poolscope"]) { $1 }) == 7)
                #expect(metrics.sum(family, ["setting": "lock_timeout", "scope": "server"]) == nil)
                #expect(metrics.series("pg_settings_statement_timeout_seconds") == 7)
                #expect(metrics.series("pg_settings_lock_timeout_seconds") == 3)
            }
        }
    }
}
