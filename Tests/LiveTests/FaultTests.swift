import Demo
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Faults")
struct FaultTests {
    /// Families that describe the moment and must be gone with the target.
    private func gauges(_ metrics: MetricsText) -> Int {
        [
            "poolscope_connections", "poolscope_pool_saturation_ratio", "pg_stat_activity_count",
            "pg_settings_max_connections",
        ]
        .map { metrics.all($0).count }.reduce(0, +)
    }

    /// Scrapes all the while `body` runs, and gives the slowest answer in seconds.
    private func slowestScrape(_ poolscope: RunningPoolscope, while body: () async throws -> Void) async throws
        -> Double
    {
        let url = try await poolscope.url() + "/metrics"
        return try await withThrowingTaskGroup(of: Double.self) { group in
            group.addTask {
                var slowest = 0.0
                while !Task.isCancelled {
                    slowest = max(slowest, try await HTTPClient.get(url).seconds)
                    do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
                }
                return slowest
            }
            do { try await body() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            return try await group.next() ?? .infinity
        }
    }

    @Test(
        "a server that is killed, restarted and suspended: scrapes answer at once, gauges vanish, it is back in seconds"
    )
    func server() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.reaches("up")
                let slowest = try await slowestScrape(poolscope) {
                    let statements = try await poolscope.metrics().sum("poolscope_samples_total", ["outcome": "ok"])
                    try await server.kill()
                    try await eventually("gauges are gone") { try await gauges(poolscope.metrics()) == 0 }
                    let down = try await poolscope.metrics()
                    #expect(down.series("pg_up") == 0)
                    #expect(down.sum("poolscope_samples_total", ["outcome": "ok"])! >= statements!, "counters stay")
                    try await poolscope.reaches("refused")
                    try await server.start()
                    try await poolscope.reaches("up")
                    #expect(gauges(try await poolscope.metrics()) > 10)

                    try await server.suspend()
                    try await poolscope.reaches("timeout")
                    #expect(gauges(try await poolscope.metrics()) == 0)
                    await server.resume()
                    try await poolscope.reaches("up")
                    try await server.restart()
                    try await poolscope.reaches("up")
                }
                // A bound for a busy machine; an answer that waits for a database would take seconds.
                #expect(slowest < 2)
            }
        }
    }

    @Test("PgBouncer that is suspended, killed and started again")
    func pgbouncer() async throws {
        try await withPrivateDirectory { directory in
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["*": "host=127.0.0.1 port=1"], settings: ["stats_users": "poolscope"],
                users: ["app": "", "poolscope": ""])
            try await withPoolscope(["serve", "--pgbouncer", bouncer.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("it is up") { $0.series("pgbouncer_up") == 1 }
                let slowest = try await slowestScrape(poolscope) {
                    try await bouncer.suspend()
                    try await poolscope.metrics("it is not up") { $0.series("pgbouncer_up") == 0 }
                    #expect(try await poolscope.metrics().all("pgbouncer_used_clients").isEmpty)
                    await bouncer.resume()
                    try await poolscope.metrics("it is up again") { $0.series("pgbouncer_up") == 1 }
                    try await bouncer.kill()
                    try await poolscope.metrics("it is refused") {
                        $0.series("poolscope_target_state", ["state": "refused"]) == 1
                    }
                    try await bouncer.start()
                    try await poolscope.metrics("it is up at last") { $0.series("pgbouncer_up") == 1 }
                }
                #expect(slowest < 2)
            }
        }
    }

    @Test("when every slot is taken, the session that is held goes on reporting")
    func full() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(
                in: directory, settings: ["max_connections": "8", "superuser_reserved_connections": "3"])
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("it is up") { $0.series("pg_up") == 1 }
                try await taking(4, of: server) {
                    let metrics = try await poolscope.metrics("all slots are taken") {
                        $0.series("poolscope_pool_saturation_ratio", ["pooler": "server"]) == 1
                    }
                    #expect(metrics.series("pg_up") == 1)
                    #expect(metrics.sum("poolscope_connections", ["application_name": "taker"]) == 4)

                    // One that starts only now has no session to hold.
                    try await withPoolscope(["serve", "--postgres", server.dsn(user: "little")] + listen) { late in
                        let metrics = try await late.metrics("it says why") {
                            $0.series("poolscope_target_state", ["state": "too_many_connections"]) == 1
                        }
                        #expect(metrics.series("poolscope_pool_saturation_ratio", ["pooler": "server"]) == 1)
                        #expect(metrics.series("poolscope_target_up") == 0)
                        #expect(try await HTTPClient.get(try await late.url() + "/-/ready").status == 200)
                    }
                }
            }
        }
    }

    /// Holds this many slots of a server while `body` runs.
    private func taking(_ count: Int, of server: PrivatePostgres, _ body: @Sendable () async throws -> Void)
        async throws
    {
        let dsn = server.dsn(database: "shop", user: "app") + " application_name=taker"
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do {
                        _ = try await runTool(
                            "psql", ["-X", "-d", dsn, "-c", "SELECT pg_sleep(100)"], timeout: .seconds(120))
                    } catch is CancellationError {}
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test("a target that hangs and one that is gone do not hold up the third, and scrapers cost the servers nothing")
    func isolation() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["*": "host=127.0.0.1 port=1"], users: ["poolscope": ""])
            try await bouncer.suspend()
            let config = try directory.write(
                """
                targets:
                  - {name: good, dsn: "\(server.dsn(user: "poolscope"))"}
                  - {name: gone, dsn: "host=127.0.0.1 port=1 user=x"}
                  - {name: hangs, kind: pgbouncer, dsn: "\(bouncer.dsn(user: "poolscope"))"}
                """, to: "poolscope.yml")
            try await withPoolscope(["serve", "--config", config] + listen) { poolscope in
                try await poolscope.reaches("up", target: "good")
                try await poolscope.reaches("refused", target: "gone")
                func samples(_ metrics: MetricsText) -> Double {
                    metrics.series(
                        "poolscope_samples_total", ["target": "good", "collector": "activity", "outcome": "ok"]) ?? 0
                }
                let before = samples(try await poolscope.metrics())
                let start = ContinuousClock.now
                let url = try await poolscope.url() + "/metrics"
                for _ in 0..<200 { #expect(try await HTTPClient.get(url).status == 200) }
                try await poolscope.reaches("timeout", target: "hangs")
                let taken = samples(try await poolscope.metrics()) - before
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                #expect(taken <= seconds + 2, "one sample a second, whoever scrapes")
                #expect(taken >= 2, "it goes on; a busy machine skips some")
            }
        }
    }

    @Test(
        "a full disk, a closed pipe or no stream at all behind its log does not stop it",
        arguments: [
            "2>/dev/full", "2>&-", "2>&1 | true", "<&- >&- 2>&-",
        ])
    func streams(redirection: String) async throws {
        // A port that is free now; the log cannot say which one it took.
        let port = Int.random(in: 20_000..<32_000)
        let script = #""$0" serve --postgres 'host=127.0.0.1 port=1' --interval 100ms --listen 127.0.0.1:\#(port) "#
        let pipeline = "(\(script) & echo $! > \"$1\"; wait) \(redirection)"
        try await withPrivateDirectory { directory in
            let pidFile = "\(directory.path)/pid"
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await runTool("sh", ["-c", pipeline, ProductsDirectory.poolscope, pidFile]) }
                let url = "http://127.0.0.1:\(port)/metrics"
                try await eventually("ten samples have failed") {
                    let metrics = try MetricsText(parsing: try await HTTPClient.get(url).text)
                    return metrics.series("poolscope_target_state", ["state": "refused"]) == 1
                        && (metrics.series("process_cpu_seconds_total") ?? 0) > 0
                }
                try await Task.sleep(for: .seconds(1))
                #expect(try await HTTPClient.get(url).status == 200)
                kill(Int32(try text(ofFile: pidFile).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0, SIGTERM)
                try await group.waitForAll()
            }
        }
    }

    @Test("it starts when every target is down, says why, and finds them when they come")
    func startsDown() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            try await server.stop()
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.reaches("refused")
                #expect(try await HTTPClient.get(try await poolscope.url() + "/-/healthy").status == 200)
                try await server.start()
                try await poolscope.reaches("up")
            }
        }
    }

    @Test(
        "SIGTERM, SIGINT and SIGHUP end it promptly with exit code 0, and no session is left",
        arguments: [SIGTERM, SIGINT, SIGHUP])
    func ends(signal: Int32) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, settings: ["log_disconnections": "on"])
            let end = try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) {
                poolscope in
                try await poolscope.metrics("it is up") { $0.series("pg_up") == 1 }
                let sent = ContinuousClock.now
                poolscope.signal(signal)
                try await eventually("it has ended") { poolscope.hasEnded }
                #expect(ContinuousClock.now - sent < .seconds(10))
            }
            #expect(end.status == 0)
            try await eventually("its session is gone") {
                try await server.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'poolscope'") == "0"
            }
            let log = try text(ofFile: "\(directory.path)/postgres.log")
            #expect(log.contains("disconnection"))
            #expect(!log.contains("unexpected EOF"), "the session was closed politely")
        }
    }

    @Test("SIGTERM ends it promptly also while a server does not answer")
    func endsWhileHanging() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            try await withPoolscope(["serve", "--postgres", server.dsn(user: "poolscope")] + listen) { poolscope in
                try await poolscope.metrics("it is up") { $0.series("pg_up") == 1 }
                try await server.suspend()
                try await poolscope.metrics("it is in time-out") { $0.series("pg_up") == 0 }
                let sent = ContinuousClock.now
                poolscope.signal(SIGTERM)
                try await eventually("it has ended") { poolscope.hasEnded }
                #expect(ContinuousClock.now - sent < .seconds(10))
                await server.resume()
            }
        }
    }
}
