import ConnectionPool
import Testing
import TestSupport

@Suite("the pool's shell", .timeLimit(.minutes(2)))
struct ConnectionPoolTests {
    @Test("a connection is lent for the scope of the closure, and the next gets the same")
    func scope() async throws {
        let fake = try FakePool()
        try await fake.whileRunning { pool in
            let first = try await pool.withConnection { $0.number }
            let second = try await pool.withConnection { connection in
                #expect(pool.statistics.used == 1)
                return connection.number
            }
            #expect(first == second)
            #expect(pool.statistics.idle == 1)
        }
        #expect(fake.server.now.opened == 1)
        #expect(fake.server.now.open == 0)
        let counts = fake.observer.now
        #expect(counts.acquired == 2 && counts.released == 2)
        #expect(counts.opened == 1 && counts.closed == [.shutdown: 1])
    }
}
