import Agent
import Demo
import Exposition
import Foundation
import TestSupport
import Testing

/// The top folder of the project.
let projectDirectory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite("Oracles that we did not write")
struct OracleTests {
    /// Whether promtool complains of a name that we have from the peers, or from OpenTelemetry, and keep, since people's
    /// dashboards use it.
    private func isForced(_ complaint: String) -> Bool {
        let suffix = "counter metrics should have \"_total\" suffix"
        let count = "non-histogram and non-summary metrics should not have \"_count\" suffix"
        return (complaint.hasPrefix("pg_stat_database_") && complaint.hasSuffix(suffix))
            || complaint == "pg_stat_activity_count \(count)"
            || complaint == "pg_settings_tcp_keepalives_count \(count)"
            || complaint == "db_client_connection_count \(count)"
    }

    @Test(
        "promtool complains of no family of ours, of the peers' only where the names force it; all are in the catalogue"
    )
    func promtool() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port)"],
                settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            _ = try await runTool("psql", ["-X", "-d", bouncer.dsn(database: "shop", user: "app"), "-c", "SELECT 1"])
            let arguments = [
                "serve", "--postgres", server.dsn(user: "poolscope"), "--pgbouncer", bouncer.dsn(user: "poolscope"),
            ]
            try await withPoolscope(arguments + listen) { poolscope in
                try await poolscope.metrics("both are up, twice") {
                    $0.series("pg_up") == 1 && $0.series("pgbouncer_up") == 1
                        && $0.sum("poolscope_session_seconds_total") != nil
                }
                let page = try await HTTPClient.get(try await poolscope.url() + "/metrics")
                #expect(page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                let outcome = try await runTool("promtool", ["check", "metrics"], input: page.text)
                let complaints = (outcome.output + outcome.error).split(separator: "\n").map(String.init)
                #expect(try undeclared(in: MetricsText(parsing: page.text)).isEmpty)
                let unforced = complaints.filter { !isForced($0) }
                #expect(unforced.isEmpty)
                #expect(outcome.status == 0 || outcome.status == 3, "\(outcome.error.prefix(500))")
            }
        }
    }

    /// Families of a page that the catalogue lacks or gives another type.
    private func undeclared(in page: MetricsText) -> [String] {
        let declared = Dictionary(uniqueKeysWithValues: Catalogue.families.map { ($0.name, $0.type) })
        return page.types.compactMap { name, type in
            let expected = name.hasPrefix("pg_settings_") ? declared["pg_settings_*"] : declared[name]
            let shown =
                switch expected {
                case .info, .stateset: "gauge"
                case .unknown: "untyped"
                case .counter, .gauge, .histogram: expected?.rawValue
                case nil: String?.none
                }
            return shown == type ? nil : "\(name) (\(type))"
        }
    }

    @Test("docs/metrics.md is what `poolscope catalog metrics` prints")
    func catalogue() async throws {
        let printed = try await runTool(ProductsDirectory.poolscope, ["catalog", "metrics"])
        let document = try text(ofFile: projectDirectory.appending(path: "docs/metrics.md").path)
        #expect(printed.output == document, "run: poolscope catalog metrics > docs/metrics.md")
    }

    @Test("Prometheus sees the demo's exhausted pool, and the alert of alerts/poolscope.yml fires")
    func alertFires() async throws {
        try await withPrivateDirectory { directory in
            try await withPoolscope(["demo", "--season", "exhausted", "--listen", "127.0.0.1:0"]) { poolscope in
                let address = try await poolscope.url().replacing("http://", with: "")
                let rules = try text(
                    ofFile: projectDirectory.appending(path: "alerts/poolscope.yml").path)
                let prometheus = try await PrivatePrometheus.start(
                    in: directory,
                    configuration: """
                        global: {scrape_interval: 1s, evaluation_interval: 1s}
                        rule_files: [poolscope.yml]
                        scrape_configs:
                          - job_name: poolscope
                            static_configs: [{targets: ["\(address)"]}]
                        """,
                    files: ["poolscope.yml": rules])
                let alerts = try await eventually("the alert fires", within: .seconds(150)) {
                    try await prometheus.alerts()
                } is: {
                    $0.contains { $0.name == "PgPoolExhausted" && $0.state == "firing" }
                }
                let alert = try #require(alerts.first { $0.name == "PgPoolExhausted" && $0.state == "firing" })
                #expect(alert.labels["pooler"] == "pgbouncer")
                #expect(alert.labels["database"] == "shop")
                #expect(alert.labels["severity"] == "critical")
                let scraped = try await prometheus.query("max(poolscope_pool_saturation_ratio{pooler=\"pgbouncer\"})")
                #expect(scraped.first?.value == 1)
            }
        }
    }
}

@Suite("Demo")
struct DemoCommandTests {
    @Test("it prints where to look, ends by itself, and leaves neither process nor directory")
    func endsByItself() async throws {
        let end = try await withPoolscope(["demo", "--duration", "6s", "--listen", "127.0.0.1:0"]) { poolscope in
            try await poolscope.metrics("both targets are up") {
                $0.series("pg_up") == 1 && $0.series("pgbouncer_up") == 1
            }
            try await eventually("it has ended", within: patience) { poolscope.hasEnded }
        }
        #expect(end.status == 0)
        #expect(end.output.contains("/metrics"))
        try await nothingIsLeft(of: end.output)
    }

    @Test("the commands that it says can be tried work on it")
    func commands() async throws {
        _ = try await withPoolscope(["demo", "--season", "normal", "--listen", "127.0.0.1:0"]) { poolscope in
            try await poolscope.metrics("both targets are up") {
                $0.series("pg_up") == 1 && $0.series("pgbouncer_up") == 1
            }
            let lines = poolscope.output.split(separator: "\n").filter { $0.contains(" --config ") }
            #expect(lines.count == 4, "\(poolscope.output)")
            for line in lines {
                var words = line.split(separator: " ").dropFirst().map(String.init)
                // The shortest look that says something, and one list instead of a table that goes on.
                if words.first == "check" { words[words.count - 1] = "2s" }
                if words.first == "size" { words += ["--watch", "5s"] }
                if words.first == "sessions" { words.removeAll { $0 == "--watch" } }
                let outcome = try await runTool(ProductsDirectory.poolscope, words, timeout: .seconds(120))
                #expect(outcome.status == 0 && !outcome.output.isEmpty, "\(line): \(outcome.error)")
            }
        }
    }

    @Test("when it is killed, nothing is left either")
    func killed() async throws {
        let end = try await withPoolscope(["demo", "--listen", "127.0.0.1:0"]) { poolscope in
            try await poolscope.metrics("it is up") { $0.series("pg_up") == 1 }
            poolscope.signal(9)
            try await eventually("it has ended", within: patience) { poolscope.hasEnded }
        }
        #expect(end.status == -9)
        try await nothingIsLeft(of: end.output)
    }

    @Test("when the process that started it ends, it ends, too")
    func orphaned() async throws {
        // The shell is the parent; it goes as soon as the demo serves.
        let script = #""$0" demo --listen 127.0.0.1:0 & while ! [ -e "$1" ]; do sleep 0.1; done"#
        try await withPrivateDirectory { directory in
            let flag = "\(directory.path)/go"
            let outcome = try await withThrowingTaskGroup(of: Tool.Outcome?.self) { group in
                group.addTask {
                    try await runTool("sh", ["-c", script, ProductsDirectory.poolscope, flag], timeout: .seconds(60))
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(6))
                    _ = try directory.write("", to: "go")
                    return nil
                }
                // runTool returns when the demo, which has the shell's output, has ended, too.
                return try await group.reduce(nil) { $0 ?? $1 }
            }
            try await nothingIsLeft(of: try #require(outcome).output)
        }
    }

    /// The demo names its directory: no process may have it in its command line or be in it, and it must be gone.
    private func nothingIsLeft(of output: String) async throws {
        let directory = try #require(output.firstMatch(of: #/(/\S*poolscope-demo\S*)/#)?.1)
        try await eventually("the directory \(directory) is gone") {
            !FileManager.default.fileExists(atPath: String(directory))
        }
        for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
            let commandLine = (try? text(ofFile: "/proc/\(process)/cmdline")) ?? ""
            #expect(!commandLine.contains(directory), "process \(process): \(commandLine)")
        }
    }
}
