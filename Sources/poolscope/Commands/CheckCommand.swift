import Advisor
import Agent
import ArgumentParser
import Foundation
import Logging
import Operations

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at servers and poolers for a while, and say what is wrong with them and what to do.",
        discussion: """
            Findings come first, the worst on top, each with its evidence and a remedy; then what passed, what could \
            not be judged and why. docs/checks.md has all checks. Nothing is changed on any target.

            Exit codes: 0 no finding at or above --fail-on, 1 there is one, 2 wrong flags or configuration, 3 a target \
            could not be read (the others are checked all the same).

            Examples:
              poolscope check --postgres "host=db1 user=poolscope dbname=postgres"
              poolscope check --postgres "host=db1 user=poolscope dbname=postgres" \\
                              --pgbouncer "host=db1 port=6432 user=poolscope" --cores 8 --watch 60s
              poolscope check --config poolscope.yml --target main --fail-on warning --format sarif > poolscope.sarif
            """)

    @OptionGroup var targets: CheckTargetOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long to watch, for rates and lifetimes (default 10s; 0 for one look, after which these are not judged).",
            valueName: "duration"))
    var watch: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Ask this Prometheus whether it scrapes the targets and has the alerts loaded, e.g. http://prometheus:9090.",
            valueName: "url"))
    var prometheus: String?

    @Option(name: .long, help: "How to write the report (default text).")
    var format: ReportFormat = .text

    @Option(name: .long, help: "End with exit code 1 from this severity on, or never (default critical).")
    var failOn: FailureThreshold = .critical

    func validate() throws {
        _ = try watchDuration()
        _ = try prometheusAddress()
    }

    private func prometheusAddress() throws -> PrometheusAddress? {
        do throws(PrometheusAddress.Problem) {
            guard let prometheus else { return nil }
            return try PrometheusAddress(parsing: prometheus)
        } catch {
            throw ValidationError("--prometheus \(error.sentence)")
        }
    }

    /// The alerts that go with this version.
    private static let alerts = Set(AlertRules.groups.flatMap(\.alerts).map(\.name.rawValue))

    /// The facts of all targets, with what the Prometheus says of them, if one was named.
    private func gather(_ check: SystemCheck) async throws -> [CheckFacts] {
        guard let address = try prometheusAddress() else { return await check.gather() }
        async let lookup = MonitoringLookup.ask(address, expected: Self.alerts)
        var facts = await check.gather()
        let monitoring = await lookup
        for index in facts.indices { facts[index].monitoring = monitoring.facts(of: facts[index].target.name) }
        return facts
    }

    private func watchDuration() throws -> Duration {
        guard let watch else { return SystemCheck.defaultWatch }
        let parsed = watch == "0" ? .zero : DurationText.parse(watch)
        guard let parsed, SystemCheck.watchBounds.contains(parsed) else {
            throw ValidationError("--watch: “\(watch)” is not a duration up to 24h; write for example 10s, 5m or 0")
        }
        return parsed
    }

    /// What the sampler would say in a log, the report says.
    private static var log: Logger {
        var log = Logger(label: "poolscope") { _ in LineLogHandler(format: .text) }
        log.logLevel = .critical
        return log
    }

    func run() async throws {
        targets.hideSecrets()
        let configuration = try Failure.explaining { try targets.configuration() }
        let check = SystemCheck(configuration, watch: try watchDuration(), log: Self.log)
        let facts = try await gather(check)
        let now = Date().timeIntervalSince1970
        let report = CheckReport(
            targets: facts.map { CheckReport.Target($0, snoozes: configuration.snoozes, at: now) },
            version: PoolscopeVersion.current, time: now, configurationFile: targets.config)
        try Output.deliver(format.write(report, style: .ofOutput))
        let code = report.exitCode(failingOn: failOn.severity)
        if code != CheckReport.passedCode { throw ExitCode(code) }
    }
}

extension ReportFormat: ExpressibleByArgument {}

/// `--fail-on`.
enum FailureThreshold: String, ExpressibleByArgument, CaseIterable {
    case info, warning, critical, never

    var severity: CheckSeverity? { CheckSeverity(rawValue: rawValue) }
}
