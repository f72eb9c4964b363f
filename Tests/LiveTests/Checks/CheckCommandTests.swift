import Demo
import Foundation
import TestSupport
import Testing

@Suite("poolscope check")
struct CheckCommandTests {
    private static let project =
        "/" + "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")

    private func check(_ arguments: [String], environment: [String: String?] = [:]) async throws -> Tool.Outcome {
        try await runTool(
            ProductsDirectory.poolscope, ["check"] + arguments, environment: environment, timeout: .seconds(120))
    }

    @Test("a target that is away is a finding with exit code 3, the other is checked all the same")
    func away() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let report = try await CheckedReport.run([
                "--postgres", server.dsn(user: "poolscope"), "--pgbouncer", "host=127.0.0.1 port=1 user=poolscope",
                "--watch", "0",
            ])
            #expect(report.status == 3)
            let away = try #require(report.targets.first { $0.state == "refused" })
            #expect(away.problem != nil && away.checks.first?.findings.count == 1)
            #expect(report.check("reserved-slots")?.outcome != "unknown")
        }
    }

    @Test("a wrong password is told, and is nowhere in the report")
    func password() async throws {
        try await withPrivateDirectory { directory in
            let server = try await PrivatePostgres.start(in: directory, authentication: .scram)
            _ = try await server.execute("CREATE ROLE poolscope LOGIN PASSWORD 'right'")
            for format in ["text", "json", "sarif", "markdown"] {
                let outcome = try await check([
                    "--postgres", server.dsn(user: "poolscope", password: "hunter2-SECRET"), "--format", format,
                ])
                #expect(outcome.status == 3)
                #expect(outcome.output.contains("password authentication failed"))
                #expect(!outcome.output.contains("hunter2") && !outcome.error.contains("hunter2"))
            }
        }
    }

    @Test("a snoozed finding is listed and fails nothing; --target leaves the others out")
    func snoozed() async throws {
        try await withPrivateDirectory { directory in
            let configuration = try directory.write(
                """
                checks:
                  snooze:
                    - {check: target-reachable, until: 2999-12-31, reason: not built yet, target: away}
                targets:
                  - {name: away, dsn: "host=127.0.0.1 port=1 user=poolscope"}
                  - {name: too, dsn: "host=127.0.0.1 port=1 user=poolscope"}
                """, to: "poolscope.yml")
            let both = try await check(["--config", configuration])
            #expect(both.status == 3)
            let one = try await check(["--config", configuration, "--target", "away"])
            #expect(one.status == 0)
            #expect(one.output.contains("Snoozed") && one.output.contains("Until 2999-12-31: not built yet"))
            let none = try await check(["--config", configuration, "--target", "awya"])
            #expect(none.status == 2)
            #expect(none.error.contains("--target: “awya” is not the name of a target; did you mean “away”?"))
        }
    }

    @Test(
        "wrong flags are told in a sentence, and nothing is connected to",
        arguments: [
            (["--watch", "soon"], "--watch: “soon” is not a duration"),
            (["--watch", "48h"], "--watch: “48h” is not a duration up to 24h"),
            (["--format", "xml"], "xml"), (["--fail-on", "sometimes"], "sometimes"),
            (["--prometheus", "https://p"], "--prometheus is https"), (["--memory", "16"], "--memory: “16”"),
            (["--cores", "0"], "--cores: 0 is not from 1"), (["--target", "x"], "--target names a target"),
        ])
    func flags(_ arguments: [String], _ sentence: String) async throws {
        let outcome = try await check(["--postgres", "host=127.0.0.1 port=1"] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.error.contains(sentence), "\(outcome.error)")
    }

    @Test("colour and escape sequences are for terminals alone")
    func plain() async throws {
        let outcome = try await check(["--postgres", "host=127.0.0.1 port=1"], environment: ["COLUMNS": "50"])
        #expect(outcome.status == 3 && !outcome.output.contains("\u{1B}"))
        for line in outcome.output.split(separator: "\n") where !line.hasPrefix("      ") {
            #expect(line.count <= 50, "\(line)")
        }
    }

    @Test("a Prometheus says whether the target is scraped and the alerts are loaded")
    func prometheus() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let configuration = try directory.write(
                "targets: [{name: main, dsn: \"\(server.dsn(user: "poolscope"))\"}]\n", to: "poolscope.yml")
            let empty = try await PrivatePrometheus.start(
                in: directory, name: "empty", configuration: "global: {scrape_interval: 1s}\n")
            let arguments = ["--config", configuration, "--watch", "0", "--prometheus"]
            let unmonitored = try await CheckedReport.run(arguments + [empty.url])
            #expect(unmonitored.findings("monitored").count == 2)
            try await empty.stop()

            try await withPoolscope(["serve", "--config", configuration] + listen) { poolscope in
                let address = try await poolscope.url().replacing("http://", with: "")
                // A copy: it runs as another user, who need not be able to read the project's files.
                let rules = try String(contentsOfFile: "\(Self.project)/alerts/poolscope.yml", encoding: .utf8)
                let prometheus = try await PrivatePrometheus.start(
                    in: directory, name: "good",
                    configuration: """
                        global: {scrape_interval: 1s}
                        rule_files: [rules.yml]
                        scrape_configs: [{job_name: poolscope, static_configs: [{targets: ["\(address)"]}]}]
                        """, files: ["rules.yml": rules])
                try await eventually("Prometheus has scraped", within: .seconds(60)) {
                    try await prometheus.query("poolscope_target_up").isEmpty == false
                }
                // It scrapes before it has read its rules.
                try await eventually("Prometheus has the rules", within: .seconds(60)) {
                    try await HTTPClient.get("\(prometheus.url)/api/v1/rules").text.contains("PgPoolExhausted")
                }
                let report = try await CheckedReport.run(arguments + [prometheus.url])
                let check = try #require(report.check("monitored"))
                #expect(check.outcome == "passed", "\(check)")
                // The agent's own checks begin half a minute after its start.
                try await eventually("the agent knows that it is asked", within: .seconds(120)) {
                    try await poolscope.metrics().series("poolscope_check_passed", ["check": "monitored"]) == 1
                }
                try await prometheus.stop()
            }
            // Nobody listens there now.
            let gone = try await CheckedReport.run(arguments + [empty.url])
            #expect(gone.check("monitored")?.outcome == "unknown")
            #expect(gone.check("monitored")?.detail?.contains("cannot be asked") == true)
        }
    }

    @Test("docs/checks.md is what `poolscope catalog checks` prints")
    func document() async throws {
        let printed = try await runTool(ProductsDirectory.poolscope, ["catalog", "checks"])
        let document = try String(contentsOfFile: "\(Self.project)/docs/checks.md", encoding: .utf8)
        #expect(printed.output == document)
    }
}
