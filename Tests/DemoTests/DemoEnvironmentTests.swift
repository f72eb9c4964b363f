import Demo
import Foundation
import Locking
import Postgres
import TestSupport
import Testing

@Suite("Demo", .timeLimit(.minutes(10)))
struct DemoEnvironmentTests {
    @Test("an exhausted pool keeps clients waiting, longer and longer")
    func exhausted() async throws {
        try await DemoEnvironment.run(options: DemoOptions(season: .exhausted)) { demo in
            let pool = try await eventually("clients wait for 5 s") {
                try await Self.console("SHOW POOLS", demo).first { $0["database"] == "shop" && $0["user"] == "web" }
                    ?? [:]
            } is: {
                (Int($0["maxwait"] ?? "") ?? 0) >= 5
            }
            #expect(pool["sv_active"] == "5")
            #expect((Int(pool["cl_waiting"] ?? "") ?? 0) > 5)
            // Over the holding time of a connection, somebody waits at every look.
            for _ in 0..<8 {
                let pools = try await Self.console("SHOW POOLS", demo)
                #expect(pools.contains { $0["user"] == "web" && (Int($0["cl_waiting"] ?? "") ?? 0) > 0 })
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    @Test("a forgetful session is idle in transaction, and named")
    func idleInTransaction() async throws {
        try await DemoEnvironment.run(options: DemoOptions(season: .idleInTransaction)) { demo in
            try await eventually("report-builder is idle in transaction for a second") {
                try await Self.psql(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE application_name = 'report-builder'
                    AND state = 'idle in transaction' AND clock_timestamp() - state_change > interval '1 s'
                    """, demo.postgres)
            } is: {
                $0 == "1"
            }
            try await eventually("others work meanwhile") { demo.counts.completed > 50 }
            #expect(demo.counts.failed == 0)
            #expect(try await Self.psql("SELECT pg_has_role('pg_monitor', 'member')", demo.postgres) == "t")
        }
    }

    @Test("slow statements run for seconds while the pool has room")
    func slow() async throws {
        try await DemoEnvironment.run(options: DemoOptions(season: .slow)) { demo in
            try await eventually("a statement runs for over 2 s") {
                try await Self.psql(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE usename IN ('web', 'jobs') AND state = 'active'
                    AND application_name IN ('worker', 'catalogue') AND clock_timestamp() - query_start > interval '2 s'
                    """, demo.postgres)
            } is: {
                $0 != "0"
            }
            let pools = try await Self.console("SHOW POOLS", demo)
            #expect(pools.allSatisfy { $0["maxwait"] == "0" })
        }
    }

    @Test("a demo with a duration ends by itself and leaves nothing")
    func duration() async throws {
        let path = Guarded("")
        try await DemoEnvironment.run(options: DemoOptions(duration: .seconds(1))) { demo in
            path.withLock { $0 = demo.directory }
            #expect(FileManager.default.fileExists(atPath: demo.directory))
            try await Task.sleep(for: .seconds(60))
        }
        #expect(!FileManager.default.fileExists(atPath: path.withLock { $0 }))
    }

    @Test("a cancelled demo leaves nothing")
    func cancelled() async throws {
        let path = Guarded("")
        let demo = Task {
            try await DemoEnvironment.run(options: DemoOptions()) { demo in
                path.withLock { $0 = demo.directory }
                try await Task.sleep(for: .seconds(60))
            }
        }
        try await eventually("the demo runs") { path.withLock { !$0.isEmpty } }
        demo.cancel()
        await #expect(throws: CancellationError.self) { try await demo.value }
        #expect(!FileManager.default.fileExists(atPath: path.withLock { $0 }))
    }

    @Test("an error of the body is passed on, and nothing is left")
    func failure() async throws {
        struct Trouble: Error {}
        let path = Guarded("")
        await #expect(throws: Trouble.self) {
            try await DemoEnvironment.run(options: DemoOptions()) { demo in
                path.withLock { $0 = demo.directory }
                throw Trouble()
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path.withLock { $0 }))
    }

    private static func psql(_ sql: String, _ dsn: String) async throws -> String {
        let outcome = try await runTool("psql", ["-X", "-A", "-t", dsn], input: sql)
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// Through psql: the rows of a console command by column, as the role `poolscope` sees them.
    private static func console(_ command: String, _ demo: DemoEndpoints) async throws -> [[String: String]] {
        let outcome = try await runTool("psql", ["-X", "-A", "-P", "footer=off", demo.pgbouncer], input: command + ";")
        #expect(outcome.status == 0, "\(outcome.error)")
        let lines = outcome.output.split(separator: "\n").map {
            $0.split(separator: "|", omittingEmptySubsequences: false)
        }
        guard let columns = lines.first else { return [] }
        return lines.dropFirst().map { line in
            Dictionary(zip(columns, line).map { (String($0), String($1)) }) { first, _ in first }
        }
    }
}
