import ConnectionPool
import Demo
import Glibc
import Locking
import Postgres
import TestSupport
import Testing

@testable import PostgresPool

@Suite("transactions over a pool", .privatePostgres(), .timeLimit(.minutes(10)))
struct TransactionTests {
    private let server = PrivatePostgres.current!

    private struct Refusal: Error {}

    /// A pool of one connection and a table of its own; the body gets the name of the table.
    private func withTable(_ body: @escaping @Sendable (PostgresPool, String) async throws -> Void) async throws {
        let table = "t\(UInt32.random(in: 0 ... .max))"
        _ = try await server.execute("CREATE TABLE \(table) (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        try await withPool(server.target(), configure: { $0.pool.maximum = 1 }) { pool in
            try await body(pool, table)
        }
    }

    private func expectRows(
        _ rows: String, in table: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await server.execute("SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM \(table)")
        #expect(found == rows, sourceLocation: sourceLocation)
    }

    @Test("commits when the body returns, and gives back what it returned")
    func commits() async throws {
        try await withTable { pool, table in
            let value = try await pool.withTransaction { connection in
                let result = try await connection.query("INSERT INTO \(table) VALUES (1), (2)")
                #expect(connection.condition == .unusable(.inTransaction))
                return result.affectedRows
            }
            #expect(value == 2)
            try await expectRows("1,2", in: table)
        }
    }

    @Test("rolls back when the body throws, and throws what it threw")
    func rollsBack() async throws {
        try await withTable { pool, table in
            let error = await failure(Refusal.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    throw Refusal()
                }
            }
            #expect(error != nil)
            let sql = await failure(PostgresError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    try await connection.query("SELECT 1/0")
                }
            }
            #expect(sql?.sqlState?.rawValue == "22012")
            try await expectRows("", in: table)
            try await pool.withConnection { #expect($0.condition == .usable) }
        }
    }

    @Test("a failed statement whose error the body swallowed is not reported as a commit")
    func swallowed() async throws {
        try await withTable { pool, table in
            let error = await failure(TransactionError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    _ = try? await connection.query("SELECT 1/0")
                }
            }
            #expect(error?.code == .rolledBack)
            #expect(error?.message.contains("though its body reported no error") == true)
            try await expectRows("", in: table)
        }
    }

    @Test("a COMMIT that the server refuses throws the server's error, and the connection goes on")
    func refusedCommit() async throws {
        try await withTable { pool, table in
            let error = try await pool.withConnection { connection in
                let error = await failure(PostgresError.self) {
                    try await connection.withTransaction { connection in
                        _ = try await connection.query("INSERT INTO \(table) VALUES (1), (1)")
                    }
                }
                #expect(connection.condition == .usable)
                return error
            }
            #expect(error?.sqlState == .uniqueViolation && error?.isConnectionLost == false)
            try await expectRows("", in: table)
        }
    }

    @Test("a body that ends the transaction itself, and a transaction inside of one, are errors")
    func misuse() async throws {
        try await withTable { pool, table in
            let ended = await failure(TransactionError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    try await connection.query("COMMIT")
                }
            }
            #expect(ended?.code == .endedInBody)
            let nested = await failure(TransactionError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (2)")
                    try await connection.withTransaction { _ in }
                }
            }
            #expect(nested?.code == .alreadyInTransaction)
            try await expectRows("1", in: table)
        }
    }

    @Test("a cancelled task's transaction is rolled back, in a statement and between two")
    func cancelled() async throws {
        try await withTable { pool, table in
            for statement in ["SELECT pg_sleep(60)", "SELECT 1"] {
                let begun = AsyncStream.makeStream(of: Void.self)
                let task = Task {
                    try await pool.withTransaction { connection in
                        try await connection.query("INSERT INTO \(table) VALUES (1)")
                        begun.continuation.yield()
                        // The second has no statement running when it is cancelled, and returns all the same.
                        if statement == "SELECT 1" { try? await Task.sleep(for: .seconds(60)) }
                        if !Task.isCancelled { try await connection.query(statement) }
                    }
                }
                for await _ in begun.stream { break }
                task.cancel()
                let error = await task.result.failure
                #expect(
                    error is CancellationError || (error as? PostgresError)?.kind == .cancelled, "\(error as Any)")
                try await expectRows("", in: table)
                try await pool.withConnection { #expect($0.condition == .usable) }
            }
        }
    }

    @Test("after a deadline in a transaction it is rolled back, and the deadline's error thrown")
    func deadline() async throws {
        try await withTable { pool, table in
            let error = await failure(PostgresError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    try await connection.query("SELECT pg_sleep(60)", timeout: .milliseconds(100))
                }
            }
            #expect(error?.kind == .timeout && error?.isConnectionLost == false)
            try await expectRows("", in: table)
        }
    }

    @Test("a backend terminated inside of a transaction: the body's error, or one that says it was rolled back")
    func terminated() async throws {
        let server = server
        try await withTable { pool, table in
            @Sendable func terminate(_ pid: String) async throws {
                _ = try await server.execute("SELECT pg_terminate_backend(\(pid), 5000)")
            }
            let inBody = await failure(PostgresError.self) {
                try await pool.withTransaction { connection in
                    try await terminate(connection.pid())
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                }
            }
            #expect(inBody?.kind == .disconnected && inBody?.sqlState == .adminShutdown)
            let beforeCommit = await failure(TransactionError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                    try await terminate(connection.pid())
                }
            }
            #expect(beforeCommit?.code == .rolledBack)
            try await expectRows("", in: table)
            let answer = try await pool.withConnection { try await $0.value("SELECT 1") }
            #expect(answer == "1")
        }
    }

    @Test("a connection lost during COMMIT: the outcome is unknown, and the error says so")
    func lostInCommit() async throws {
        let server = server
        try await withTable { pool, table in
            _ = try await server.execute(
                """
                CREATE FUNCTION linger_\(table)() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION linger_\(table)();
                """)
            async let terminating: Void = {
                try await eventually("COMMIT runs") {
                    try await server.execute(
                        """
                        SELECT coalesce(bool_or(pg_terminate_backend(pid, 5000)), false) FROM pg_stat_activity
                        WHERE state = 'active' AND query = 'COMMIT' AND application_name = 'test'
                        """) == "t"
                }
            }()
            let error = await failure(TransactionError.self) {
                try await pool.withTransaction { connection in
                    try await connection.query("INSERT INTO \(table) VALUES (1)")
                }
            }
            try await terminating
            #expect(error?.code == .outcomeUnknown && error?.underlying?.sqlState == .adminShutdown)
            #expect(error.map { "\($0)" }?.hasPrefix("whether the transaction was committed is unknown: ") == true)
        }
    }

    @Test("a lease that leaves a transaction open costs the connection, not the next lease")
    func leftOpen() async throws {
        try await withTable { pool, table in
            let pid = try await pool.withConnection { connection in
                try await connection.simpleQuery("BEGIN; INSERT INTO \(table) VALUES (1)")
                let pid = try await connection.pid()
                #expect(connection.condition == .unusable(.inTransaction))
                return pid
            }
            let next = try await pool.withConnection { try await $0.pid() }
            #expect(next != pid)
            try await expectRows("", in: table)
        }
    }

    @Test("options hold inside of the transaction and not after it")
    func options() async throws {
        var options = TransactionOptions()
        options.isolation = .serializable
        options.isReadOnly = true
        options.statementTimeout = .milliseconds(200)
        options.lockTimeout = .seconds(3)
        options.idleTimeout = .seconds(40)
        let chosen = options
        try await withTable { pool, table in
            let shown = """
                SELECT concat_ws(' ', current_setting('transaction_isolation'), current_setting('transaction_read_only'),
                    current_setting('statement_timeout'), current_setting('lock_timeout'),
                    current_setting('idle_in_transaction_session_timeout'))
                """
            let inside = try await pool.withTransaction(chosen) { try await $0.value(shown) }
            #expect(inside == "serializable on 200ms 3s 40s")
            let after = try await pool.withConnection { try await $0.value(shown) }
            #expect(after == "read committed off 0 0 0")
            let error = await failure(PostgresError.self) {
                try await pool.withTransaction(chosen) { try await $0.query("SELECT pg_sleep(60)") }
            }
            #expect(error?.kind == .statementFailed && error?.sqlState == .queryCanceled)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
