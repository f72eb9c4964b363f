/// The demo's database: a small web shop.
enum Shop {
    static let database = "shop"

    /// The roles of the demo, each with its password: `web` and `jobs` come through PgBouncer, `reports` directly,
    /// `poolscope` watches.
    struct Passwords: Sendable {
        let web = randomPassword()
        let jobs = randomPassword()
        let reports = randomPassword()
        let poolscope = randomPassword()

        private static func randomPassword() -> String {
            let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
            return String((0..<24).compactMap { _ in letters.randomElement() })
        }
    }

    /// Creates roles, tables and a few thousand rows. The roles' passwords are letters and digits only.
    static func create(on server: PrivatePostgres, passwords: Passwords) async throws {
        _ = try await server.execute(
            """
            CREATE ROLE web LOGIN PASSWORD '\(passwords.web)';
            CREATE ROLE jobs LOGIN PASSWORD '\(passwords.jobs)';
            CREATE ROLE reports LOGIN PASSWORD '\(passwords.reports)';
            CREATE ROLE poolscope LOGIN PASSWORD '\(passwords.poolscope)' IN ROLE pg_monitor;
            CREATE DATABASE \(database);
            """)
        _ = try await server.execute(
            """
            CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price numeric(8,2) NOT NULL, stock int NOT NULL);
            CREATE TABLE orders (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product int NOT NULL REFERENCES products,
                quantity int NOT NULL, placed timestamptz NOT NULL DEFAULT now(), shipped boolean NOT NULL DEFAULT false);
            INSERT INTO products SELECT n, 'product ' || n, (n % 97) + 0.99, 1000000 FROM generate_series(1, 2000) n;
            INSERT INTO orders (product, quantity, placed, shipped)
                SELECT 1 + n % 2000, 1 + n % 3, now() - n * interval '1 minute', true FROM generate_series(1, 4000) n;
            CREATE INDEX ON orders (product);
            CREATE INDEX ON orders (placed) WHERE NOT shipped;
            ANALYZE;
            GRANT SELECT, INSERT, UPDATE, DELETE ON products, orders TO web, jobs;
            GRANT SELECT ON products, orders TO reports;
            """, database: database)
    }

    /// Where its products are: `1...productCount`.
    static let productCount = 2_000
}
