import Demo
import Foundation
import TestSupport
import Testing

/// Pools of the wrong size under pgbench: what `poolscope check` measures, and what it makes of it.
@Suite("poolscope check judges pools by a load that it measured")
struct MeasuredPoolTests {
    /// Statements that hold a connection for so long at least, whatever the machine does besides.
    private static let script = "SELECT pg_sleep(0.02);"
    private static let serviceSeconds = 0.02

    private struct LoadEnded: Error, CustomStringConvertible {
        let description: String
    }

    /// Checks while pgbench's clients run without a pause.
    private func check(
        poolSize: Int, clients: Int, watch: String = "35s", cores: String? = nil
    ) async throws -> CheckedReport {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let pooler = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope", "default_pool_size": "\(poolSize)", "reserve_pool_size": "0"],
                users: ["app": "", "poolscope": ""])
            let file = try directory.write(Self.script, to: "load.sql")
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        let outcome = try await runTool(
                            "pgbench",
                            [
                                "-n", "-c", "\(clients)", "-j", "1", "-T", "300", "-f", file,
                                pooler.dsn(database: "shop", user: "app"),
                            ], timeout: .seconds(320))
                        throw LoadEnded(description: "pgbench ended: \(outcome.error)")
                    } catch is CancellationError {}
                }
                defer { group.cancelAll() }
                try await eventually("the load runs") {
                    try await pooler.console("SHOW STATS_TOTALS").contains {
                        $0["database"] == "shop" && ($0["xact_count"].flatMap { Int($0) } ?? 0) >= clients
                    }
                }
                return try await CheckedReport.run(
                    [
                        "--postgres", server.dsn(user: "poolscope"), "--pgbouncer", pooler.dsn(user: "poolscope"),
                        "--watch", watch,
                    ] + (cores.map { ["--cores", $0] } ?? []))
            }
        }
    }

    @Test("a pool of two for eight clients is too small: what was measured, and the next size")
    func tooSmall() async throws {
        let report = try await check(poolSize: 2, clients: 8)
        let finding = try #require(report.findings("pool-size").first)
        #expect(finding.subject == "shop/app" && finding["pool_size"] == 2 && finding["most_busy"] == 2)
        // Both connections are in use nearly always, and by the wait no more than that.
        let inUse = try #require(finding["connections_in_use"])
        #expect(inUse > 0.5 && inUse < 2.3, "\(finding.message)")
        #expect((finding["service_time"] ?? 0) >= Self.serviceSeconds * 0.95, "\(finding.message)")
        #expect((finding["load_window"] ?? 0) >= 30)
        let needs = try #require(finding["load_needs"])
        #expect(needs > 2 && needs <= 8, "\(finding.message)")
        #expect(finding.message.contains("The load needs at least \(Int(needs)) "), "\(finding.message)")
        #expect(finding.message.contains("(confidence low)"), "the pool held the load back: \(finding.message)")
        let lines = finding.remedy.snippets.flatMap(\.lines)
        #expect(lines == ["default_pool_size = \(Int(needs))", "RELOAD;"])
    }

    @Test("a pool of sixty for two clients is far more than two cores can use and the load needs")
    func tooLarge() async throws {
        let report = try await check(poolSize: 60, clients: 2, cores: "2")
        let finding = try #require(report.findings("pool-size-fits-machine").first)
        #expect(finding.severity == "info" && finding["pool_connections_possible"] == 60 && finding["formula"] == 5)
        #expect(finding.message.contains("measured over"), "\(finding.message)")
        let inUse = try #require(finding["connections_in_use"])
        let needs = try #require(finding["load_needs"])
        #expect(inUse > 0.3 && inUse < 2.3 && needs >= 2 && needs <= 6, "\(finding.message)")
        #expect(finding.remedy.snippets.flatMap(\.lines).first?.hasPrefix("default_pool_size = ") == true)
        #expect(report.check("pool-size")?.outcome == "passed")
        #expect(report.check("pool-size")?.detail?.contains("the load needs") == true)
    }

    @Test("a short look leaves it to the queue, and says so")
    func tooShort() async throws {
        let report = try await check(poolSize: 2, clients: 8, watch: "5s")
        let finding = try #require(report.findings("pool-size").first)
        #expect(finding["load_needs"] == nil)
        #expect(finding.message.contains("from 30 s on it counts (--watch 60s)"), "\(finding.message)")
    }
}
