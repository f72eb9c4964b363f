import ConnectionPool
import Demo
import Postgres
import PostgresPool
import TestSupport
import Testing

/// One private server for all tests of a suite: `PrivatePostgres.current`.
struct PrivatePostgresTrait: SuiteTrait, TestScoping {
    let settings: [String: String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let settings = settings
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, settings: settings)
            try await PrivatePostgres.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == PrivatePostgresTrait {
    static func privatePostgres(settings: [String: String] = [:]) -> PrivatePostgresTrait {
        PrivatePostgresTrait(settings: settings)
    }
}

extension PrivatePostgres {
    @TaskLocal static var current: PrivatePostgres!

    nonisolated func target(_ more: String = "user=postgres dbname=postgres") throws -> ConnectionString {
        try ConnectionString(parsing: "host=127.0.0.1 port=\(port) \(more)")
    }

    nonisolated func connect() async throws -> sending PostgresSession {
        try await PostgresSession.connect(target(), timeout: .seconds(10))
    }

    /// Runs PgBouncer before this server while `body` runs; its database `app` is ours.
    nonisolated func withBouncer(
        _ mode: PoolMode, settings: [String: String] = [:], _ body: (ConnectionString) async throws -> Void
    ) async throws {
        let poolMode = mode == .sessionPooler ? "session" : "transaction"
        try await withPrivateDirectory { directory in
            // As PgBouncer comes: it refuses a start-up parameter that it does not know.
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["app": "host=127.0.0.1 port=\(port) dbname=postgres"],
                settings: settings.merging(["pool_mode": poolMode, "ignore_startup_parameters": ""]) { given, _ in given
                },
                users: ["postgres": "secret"])
            try await body(ConnectionString(parsing: bouncer.dsn(database: "app")))
        }
    }
}

/// Runs a pool while `body` runs.
func withPool<Result: Sendable>(
    _ server: ConnectionString, observer: any PoolObserver = NoObserver(),
    configure: (inout PostgresPoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    var configuration = PostgresPoolConfiguration(name: "test")
    configuration.pool.acquireTimeout = .seconds(10)
    configure(&configuration)
    let pool = try PostgresPool(server, configuration: configuration, observer: observer)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await pool.run() }
        defer { group.cancelAll() }
        return try await body(pool)
    }
}

/// The error that `body` throws; an issue if it throws none or one of another type.
func failure<Failure: Error, Result>(
    _ type: Failure.Type, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
) async -> Failure? {
    do {
        let result = try await body()
        Issue.record("it did not fail but returned \(result)", sourceLocation: sourceLocation)
    } catch let error as Failure {
        return error
    } catch {
        Issue.record("unexpected: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

extension PostgresConnection {
    /// The first value of the first row.
    mutating func value(_ sql: String, _ parameters: [String?] = []) async throws -> String? {
        try await query(sql, parameters, timeout: .seconds(20)).text(row: 0, column: 0)
    }

    mutating func pid() async throws -> String { try await value("SELECT pg_backend_pid()") ?? "" }
}

extension PostgresSession {
    /// What the backend does now: "active: SELECT …"; nil when it is gone.
    func activity(of pid: String) async throws -> String? {
        try await query(
            "SELECT state || ': ' || query FROM pg_stat_activity WHERE pid = $1::int", parameters: [pid],
            timeout: .seconds(10), format: .text
        ).rows.first
    }
}

extension QueryResult {
    /// The first column.
    var rows: [String] { (0..<rowCount).compactMap { text(row: $0, column: 0) } }
}
