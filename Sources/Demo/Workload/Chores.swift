import Postgres

/// The pieces of work that the shop's clients do.
enum Chores {
    /// A page of the catalogue.
    static func browse(_ session: PostgresSession) async throws(PostgresError) {
        _ = try await session.query(
            "SELECT id, name, price FROM products WHERE id BETWEEN $1 AND $1 + 20 ORDER BY price",
            parameters: [randomProduct()], timeout: limit)
    }

    /// An order, in a transaction of its own.
    static func order(_ session: PostgresSession) async throws(PostgresError) {
        try await transaction(session) { session throws(PostgresError) in
            let product = randomProduct()
            _ = try await session.query(
                "UPDATE products SET stock = stock - 1 WHERE id = $1", parameters: [product], timeout: limit)
            _ = try await session.query(
                "INSERT INTO orders (product, quantity) VALUES ($1, 1)", parameters: [product], timeout: limit)
        }
    }

    /// Ships what was ordered, and forgets old orders so that the table stays small.
    static func ship(_ session: PostgresSession) async throws(PostgresError) {
        _ = try await session.query(
            """
            UPDATE orders SET shipped = true
            WHERE id IN (SELECT id FROM orders WHERE NOT shipped ORDER BY placed LIMIT 50 FOR UPDATE SKIP LOCKED)
            """, timeout: limit)
        _ = try await session.query(
            "DELETE FROM orders WHERE id < (SELECT max(id) FROM orders) - 5000 AND shipped", timeout: limit)
    }

    /// A report over the orders that takes as long as it is told: what a missing index does to a real one.
    static func report(_ session: PostgresSession, seconds: Double) async throws(PostgresError) {
        _ = try await session.query(
            """
            SELECT product, sum(quantity) FROM orders, (SELECT pg_sleep($1::float8)) AS slow
            GROUP BY product ORDER BY 2 DESC LIMIT 10
            """, parameters: ["\(seconds)"], timeout: limit)
    }

    /// An order whose payment takes its time, within the transaction: it holds its server connection for 4 seconds.
    ///
    /// In steps of half a second, so that a server whose client left is free again soon.
    static func orderWithSlowPayment(_ session: PostgresSession) async throws(PostgresError) {
        try await transaction(session) { session throws(PostgresError) in
            _ = try await session.query(
                "INSERT INTO orders (product, quantity) VALUES ($1, 1)", parameters: [randomProduct()], timeout: limit)
            for _ in 0..<8 {
                _ = try await session.query(
                    "SELECT price FROM products, (SELECT pg_sleep(0.5)) AS payment WHERE id = $1",
                    parameters: [randomProduct()], timeout: limit)
            }
        }
    }

    /// Begins a transaction, reads, and leaves it open.
    static func beginAndForget(_ session: PostgresSession) async throws(PostgresError) {
        _ = try await session.query("BEGIN", timeout: limit)
        _ = try await session.query("SELECT count(*) FROM orders", timeout: limit)
    }

    /// How long any statement may take, the wait for a server connection included.
    private static let limit = Duration.seconds(30)

    private static func transaction(
        _ session: PostgresSession, _ body: (PostgresSession) async throws(PostgresError) -> Void
    ) async throws(PostgresError) {
        _ = try await session.query("BEGIN", timeout: limit)
        try await body(session)
        _ = try await session.query("COMMIT", timeout: limit)
    }

    private static func randomProduct() -> String { "\(Int.random(in: 1...(Shop.productCount - 20)))" }
}
