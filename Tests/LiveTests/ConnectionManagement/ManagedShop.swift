import Demo
import Foundation
import TestSupport

/// The shop of the examples: a database with two accounts, and before it a PgBouncer whose pools have one connection.
struct ManagedShop {
    let server: PrivatePostgres
    /// In transaction mode; the database `sessions` is the same shop in session mode.
    let pooler: PrivatePgBouncer

    /// Starts both, lends them to `body`, and removes them.
    static func with(
        version: PostgresVersion = .installed, pooler settings: [String: String] = [:],
        _ body: (ManagedShop) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            _ = try await server.execute("ALTER DATABASE shop OWNER TO app")
            _ = try await server.execute(
                """
                SET ROLE app;
                CREATE TABLE account (name text PRIMARY KEY, balance int NOT NULL);
                INSERT INTO account VALUES ('ann', 100), ('bob', 0);
                """, database: "shop")
            let address = "host=127.0.0.1 port=\(server.port) dbname=shop"
            let pooler = try await PrivatePgBouncer.start(
                in: directory,
                databases: ["shop": address, "sessions": "\(address) pool_mode=session pool_size=5"],
                settings: ["default_pool_size": "1"].merging(settings) { $1 }, users: ["app": "", "postgres": ""])
            try await body(ManagedShop(server: server, pooler: pooler))
        }
    }

    var app: String { server.dsn(database: "shop", user: "app") }
    /// A superuser's, who looks and ends sessions.
    var watcher: String { server.dsn(database: "shop") }
    var pooled: String { pooler.dsn(database: "shop", user: "app") }
    /// Through the pooler in session mode.
    var sessions: String { pooler.dsn(database: "sessions", user: "app") }

    var appURL: String { Self.url("app", server.port, "shop") }
    var watcherURL: String { Self.url("postgres", server.port, "shop") }
    var pooledURL: String { Self.url("app", pooler.port, "shop") }
    var consoleURL: String { Self.url("postgres", pooler.port, "pgbouncer") }

    private static func url(_ user: String, _ port: UInt16, _ database: String) -> String {
        "postgres://\(user)@127.0.0.1:\(port)/\(database)"
    }

    /// What the server says, as a superuser in the database.
    func ask(_ sql: String) async throws -> String {
        try await server.execute(sql, database: "shop")
    }
}
