import Demo
import TestSupport
import Testing

/// Asks the compiler itself.
@Suite("What docs/pool.md says does not compile")
struct LeaseScopeTests {
    private static let prelude = """
        import ConnectionPool

        struct Fake: PooledConnection, ~Copyable {
            var condition: ConnectionCondition { .usable }
            var canceller: nonisolated(nonsending) @Sendable () async -> Void { {} }
            mutating func reset() async throws {}
            mutating func keepAlive() async throws {}
            mutating func close() {}
            mutating func use() async throws -> Int { 1 }
        }
        final class Keeper: @unchecked Sendable { var kept: Fake? = nil }
        func keep(_ connection: consuming Fake) {}
        func handOn(_ connection: inout Fake) async throws -> Int { try await connection.use() }
        """

    /// Compiles a body of `pool.withConnection { connection in … }`, as far as ownership is checked.
    private func compile(_ body: String) async throws -> Tool.Outcome {
        try await withPrivateDirectory { directory in
            let file = try directory.write(
                """
                \(Self.prelude)
                func test(_ pool: ConnectionPool<Fake>, _ keeper: Keeper) async throws {
                    _ = try await pool.withConnection { connection in
                        \(body)
                    }
                }
                """, to: "Lease.swift")
            return try await runTool(
                "swiftc",
                [
                    "-swift-version", "6", "-emit-sil", "-o", "/dev/null", "-module-cache-path",
                    "\(ProductsDirectory.path)/ModuleCache", "-I", "\(ProductsDirectory.path)/Modules", file,
                ])
        }
    }

    @Test("to use a connection, and to hand it on, compiles")
    func use() async throws {
        let outcome = try await compile("_ = try await connection.use(); return try await handOn(&connection)")
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test(
        "to keep it does not",
        arguments: [
            "keeper.kept = connection",
            "keep(connection)",
            "return connection",
            "let copy = connection; _ = copy; return 1",
            "Task { _ = try await connection.use() }; return 1",
            "let later = { @Sendable in _ = try await connection.use() }; _ = later; return 1",
            "return { () async throws -> Int in try await connection.use() }",
            "try await withThrowingTaskGroup(of: Int.self) { $0.addTask { try await connection.use() } }; return 1",
            "async let one = connection.use(); async let two = connection.use(); return try await one + two",
        ])
    func keep(body: String) async throws {
        let outcome = try await compile(body)
        #expect(outcome.status == 1)
        let errors = outcome.error.split(separator: "\n").filter { $0.contains(".swift:") && $0.contains("error:") }
        #expect(!errors.isEmpty)
        // In the lease, not in what surrounds it.
        let lines = Self.prelude.split(separator: "\n", omittingEmptySubsequences: false).count
        for error in errors {
            let line = try #require(error.firstMatch(of: /Lease\.swift:(\d+):/)?.1)
            #expect([lines + 2, lines + 3].contains(Int(line)), "\(error)")
        }
    }
}
