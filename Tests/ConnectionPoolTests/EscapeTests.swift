import Testing
import TestSupport

/// What must not compile does not: the compiler of these tests is asked, with the modules that they were built from.
@Suite("no way to keep a connection beyond its scope compiles", .timeLimit(.minutes(10)))
struct EscapeTests {
    /// A connection that tests can refer to, and a use that is right.
    static let connection = """
        import ConnectionPool
        struct Connection: PooledConnection, ~Copyable {
            var condition: ConnectionCondition { .usable }
            var canceller: nonisolated(nonsending) @Sendable () async -> Void { {} }
            mutating func reset() async throws {}
            mutating func keepAlive() async throws {}
            mutating func close() {}
            mutating func use() async {}
        }
        func use(_ pool: ConnectionPool<Connection>) async throws -> Int {
            try await pool.withConnection { connection in
                await connection.use()
                return 1
            }
        }
        """

    struct Escape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: String
        /// A part of what the compiler says.
        let error: String
    }

    @Test(
        "an escape is an error",
        arguments: [
            Escape(
                testDescription: "to return it", body: "{ connection in return connection }",
                error: "requires that 'Connection' conform to 'Copyable'"),
            Escape(
                testDescription: "to store it", body: "{ connection in keeper.kept = connection }",
                error: "implicit conversion to 'Connection?' is consuming"),
            Escape(
                testDescription: "to move it away", body: "{ connection in await take(connection) }",
                error: "missing reinitialization of inout parameter 'connection' after consume"),
            Escape(
                testDescription: "to use it in a task", body: "{ connection in _ = Task { await connection.use() } }",
                error: "escaping closure captures 'inout' parameter 'connection'"),
            Escape(
                testDescription: "to use it in a child task",
                body: """
                    { connection in
                        await withTaskGroup(of: Void.self) { $0.addTask { await connection.use() } }
                    }
                    """,
                error: "escaping closure captures 'inout' parameter 'connection'"),
        ])
    func doesNotCompile(escape: Escape) async throws {
        let outcome = try await compile(
            """

            final class Keeper: @unchecked Sendable { var kept: Connection? }
            func take(_ connection: consuming Connection) async {}
            func escape(_ pool: ConnectionPool<Connection>, _ keeper: Keeper) async throws {
                _ = try await pool.withConnection \(escape.body)
            }
            """)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("error: ") && outcome.errors.contains(escape.error), "\(outcome.errors)")
    }

    @Test("a use within the scope compiles")
    func compiles() async throws {
        let outcome = try await compile("")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func compile(_ rest: String) async throws -> (status: Int32, errors: String) {
        // To the point where the use of values that cannot be copied is checked; nothing is linked.
        let outcome = try await runTool(
            "swiftc",
            [
                "-swift-version", "6", "-parse-as-library", "-emit-sil", "-o", "/dev/null",
                "-I", "\(ProductsDirectory.path)/Modules", "-",
            ],
            input: Self.connection + rest)
        return (outcome.status, outcome.error)
    }
}
