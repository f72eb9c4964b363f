import PostgresPool
import Synchronization

/// What the service does: it books orders, each in a transaction of its own.
final class Orders: Sendable {
    private let pool: PostgresPool
    private let counts = Mutex((booked: 0, refused: 0))

    init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Orders booked and refused so far.
    var numbers: (booked: Int, refused: Int) { counts.withLock { $0 } }

    /// Twenty customers at a time, over five connections.
    func takeAll() async throws {
        try await pool.withConnection { connection in
            _ = try await connection.simpleQuery(
                """
                CREATE TABLE IF NOT EXISTS stock (article text PRIMARY KEY, pieces int NOT NULL);
                CREATE TABLE IF NOT EXISTS bookings (article text, customer text);
                INSERT INTO stock VALUES ('lamp', 190) ON CONFLICT (article) DO UPDATE SET pieces = 190
                """)
        }
        try await withThrowingTaskGroup { group in
            for customer in 0..<20 {
                group.addTask {
                    for _ in 0..<10 { try await self.book("lamp", for: "customer \(customer)") }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Both statements or neither: the last orders find no lamp, and what they wrote first is rolled back.
    private func book(_ article: String, for customer: String) async throws {
        do {
            try await pool.withTransaction { connection in
                _ = try await connection.query("INSERT INTO bookings VALUES ($1, $2)", [article, customer])
                let taken = try await connection.query(
                    "UPDATE stock SET pieces = pieces - 1 WHERE article = $1 AND pieces > 0", [article])
                guard taken.affectedRows == 1 else { throw SoldOut() }
            }
            counts.withLock { $0.booked += 1 }
        } catch is SoldOut {
            counts.withLock { $0.refused += 1 }
        }
    }
}

struct SoldOut: Error {}
