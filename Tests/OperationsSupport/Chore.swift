import Postgres

/// Pieces of work.
package enum Chore {
    package static func browse(_ session: PostgresSession) async throws(PostgresError) {
        _ = try await session.simpleQuery(
            "SELECT name, stock FROM products WHERE id < 50 ORDER BY stock", timeout: ScenarioClient.limit)
    }

    package static func order(_ session: PostgresSession) async throws(PostgresError) {
        for statement in ["BEGIN", "INSERT INTO orders (product) VALUES (\(Int.random(in: 1...1_900)))", "COMMIT"] {
            _ = try await session.simpleQuery(statement, timeout: ScenarioClient.limit)
        }
    }

    /// In steps of half a second, so that its server is free soon after its client has left.
    package static func slowOrder(_ session: PostgresSession) async throws(PostgresError) {
        for statement in ["BEGIN"] + Array(repeating: "SELECT pg_sleep(0.5)", count: 12) + ["COMMIT"] {
            _ = try await session.simpleQuery(statement, timeout: ScenarioClient.limit)
        }
    }

    package static func leftThenRight(_ session: PostgresSession) async throws(PostgresError) {
        try await update(session, rows: [1991, 1992])
    }

    package static func rightThenLeft(_ session: PostgresSession) async throws(PostgresError) {
        try await update(session, rows: [1992, 1991])
    }

    private static func update(_ session: PostgresSession, rows: [Int]) async throws(PostgresError) {
        do {
            _ = try await session.simpleQuery("BEGIN", timeout: ScenarioClient.limit)
            for row in rows {
                _ = try await session.simpleQuery(
                    "UPDATE products SET stock = stock - 1 WHERE id = \(row)", timeout: ScenarioClient.limit)
                try? await Task.sleep(for: .milliseconds(150))
            }
            _ = try await session.simpleQuery("COMMIT", timeout: ScenarioClient.limit)
        } catch {
            _ = try await session.simpleQuery("ROLLBACK", timeout: ScenarioClient.limit)
        }
    }
}
