import Demo
import Postgres
import TestSupport
import Testing

/// One private server for all tests of a suite: `PrivatePostgres.current`.
struct PrivatePostgresTrait: SuiteTrait, TestScoping {
    let settings: [String: String]
    let hba: [String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withPrivatePostgres(settings: settings, hba: hba) { server in
            try await PrivatePostgres.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == PrivatePostgresTrait {
    static func privatePostgres(settings: [String: String] = [:], hba: [String] = []) -> PrivatePostgresTrait {
        PrivatePostgresTrait(settings: settings, hba: hba)
    }
}

/// Runs a server of its own while `body` runs.
func withPrivatePostgres(
    settings: [String: String] = [:], hba: [String] = [], _ body: (PrivatePostgres) async throws -> Void
) async throws {
    try await withPrivateDirectory { directory in
        try await body(try await PrivatePostgres.start(in: directory, settings: settings, hba: hba))
    }
}

extension PrivatePostgres {
    @TaskLocal static var current: PrivatePostgres!

    /// A connection string over TCP.
    nonisolated func target(_ more: String = "user=postgres dbname=postgres") throws -> ConnectionString {
        try ConnectionString(parsing: "host=127.0.0.1 port=\(port) \(more)")
    }

    nonisolated func connect(
        _ more: String = "user=postgres dbname=postgres"
    ) async throws -> sending PostgresSession {
        try await PostgresSession.connect(target(more), timeout: .seconds(10))
    }

    /// Runs PgBouncer before this server while `body` runs. Its console admits "admin" and, for statistics, "stats".
    nonisolated func withBouncer(
        settings: [String: String] = [:], _ body: (_ port: UInt16) async throws -> Void
    ) async throws {
        // As PgBouncer comes: it refuses a start-up parameter that it does not know.
        let strict = ["admin_users": "admin", "stats_users": "stats", "ignore_startup_parameters": ""]
        try await withPrivateDirectory { directory in
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["app": "host=127.0.0.1 port=\(port) dbname=postgres"],
                settings: strict.merging(settings) { _, given in given },
                users: ["admin": "", "stats": "", "postgres": ""])
            try await body(bouncer.port)
        }
    }
}
