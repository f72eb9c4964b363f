import Demo
import Postgres

/// The servers of the scenario: `main` behind a PgBouncer, and `small`, which fills up and goes down.
package struct ScenarioServers: Sendable {
    package let directory: PrivateDirectory
    package let main: PrivatePostgres
    package let small: PrivatePostgres
    package let bouncer: PrivatePgBouncer

    /// Slots of `small` that anybody may take.
    package static let smallSlots = 9

    package static func start(in directory: PrivateDirectory) async throws -> ScenarioServers {
        // Limits on time, so that nobody complains that they are missing; none is ever reached.
        let limits = [
            "statement_timeout": "10min", "lock_timeout": "10min", "idle_in_transaction_session_timeout": "10min",
        ]
        let main = try await PrivatePostgres.start(
            in: directory, name: "main",
            settings: limits.merging([
                "max_connections": "100", "shared_preload_libraries": "pg_stat_statements",
                "deadlock_timeout": "200ms", "track_io_timing": "on",
            ]) { $1 })
        let small = try await PrivatePostgres.start(
            in: directory, name: "small", settings: limits.merging(["max_connections": "\(smallSlots + 3)"]) { $1 })
        _ = try await small.execute("CREATE ROLE poolscope LOGIN IN ROLE pg_monitor; CREATE ROLE app LOGIN")
        try await createShop(on: main)
        let shop = "host=127.0.0.1 port=\(main.port) dbname=shop"
        let bouncer = try await PrivatePgBouncer.start(
            in: directory, databases: ["shop": shop, "archive": shop, "attic": shop],
            settings: [
                "stats_users": "poolscope", "default_pool_size": "4", "reserve_pool_size": "1",
                "reserve_pool_timeout": "2", "max_client_conn": "100", "query_wait_timeout": "14",
            ],
            users: ["web": "", "jobs": "", "poolscope": "", "postgres": ""])
        return ScenarioServers(directory: directory, main: main, small: small, bouncer: bouncer)
    }

    private static func createShop(on server: PrivatePostgres) async throws {
        _ = try await server.execute(
            """
            CREATE EXTENSION pg_stat_statements;
            CREATE ROLE poolscope LOGIN IN ROLE pg_monitor;
            CREATE ROLE web LOGIN; CREATE ROLE jobs LOGIN; CREATE ROLE reports LOGIN;
            CREATE ROLE tenant LOGIN CONNECTION LIMIT 3;
            CREATE DATABASE shop CONNECTION LIMIT 95;
            """)
        _ = try await server.execute(
            """
            CREATE EXTENSION pg_stat_statements;
            CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, stock int NOT NULL);
            INSERT INTO products SELECT n, 'product ' || n, 1000000 FROM generate_series(1, 2000) n;
            CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product int NOT NULL,
                placed timestamptz NOT NULL DEFAULT now());
            INSERT INTO orders (product) SELECT 1 + n % 2000 FROM generate_series(1, 4000) n;
            GRANT SELECT, INSERT, UPDATE, DELETE ON products, orders TO web, jobs, reports, tenant;
            """, database: "shop")
    }

    /// What the agent is told.
    package func configuration(listen: String) -> String {
        """
        listen: ["\(listen)"]
        interval: 500ms
        leak_threshold: 10s
        server_budget: 100%
        targets:
          - {name: main, kind: postgres, dsn: "\(main.dsn(user: "poolscope"))", cluster: orders, cores: 2}
          - {name: small, kind: postgres, dsn: "\(small.dsn(user: "poolscope"))", cluster: reports, cores: 2}
          - {name: main-pool, kind: pgbouncer, dsn: "\(bouncer.dsn(user: "poolscope"))", cluster: orders}

        """
    }
}
