import Agent
import ArgumentParser
import Demo
import Foundation
import Logging
import WebServer

extension Season: ExpressibleByArgument {}

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run on a private throwaway PostgreSQL and PgBouncer with a live workload.",
        discussion: """
            Needs PostgreSQL's and PgBouncer's programs on this machine (`make deps` installs them), no configuration, \
            and touches none of your servers. Ctrl-C stops all of it and removes its directory.

            Examples:
              poolscope demo
              poolscope demo --season exhausted
              poolscope demo --duration 60s
            """)

    @Option(
        name: .long, help: ArgumentHelp("End after this time, e.g. 60s (default: on Ctrl-C).", valueName: "duration"))
    var duration: String?

    @Option(name: .long, help: "Stay in this season instead of going through all of them.")
    var season: Season?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Address to listen on (repeatable; default 127.0.0.1:9719, or a free port if that is taken).",
            valueName: "address"))
    var listen: [String] = []

    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard let duration else { return }
        guard let parsed = DurationText.parse(duration), parsed > .zero else {
            throw ValidationError("--duration: “\(duration)” is not a duration; write for example 30s, 5m or 1h30m")
        }
    }

    func run() async throws {
        let parent = ParentWatch.parent
        let log = logging.bootstrap()
        let options = DemoOptions(season: season, duration: duration.flatMap(DurationText.parse))
        do {
            try await DemoEnvironment.run(options: options) { endpoints in
                try await watch(endpoints, parent: parent, log: log)
            }
        } catch let error as PrivateServerError {
            Failure.say("poolscope: \(error)")
            throw ExitCode.failure
        } catch is CancellationError {
            // The duration has passed.
        }
    }

    /// Runs the agent on the demo's servers until a signal, the end of our parent, or cancellation.
    private func watch(_ endpoints: DemoEndpoints, parent: Int32, log: Logger) async throws {
        let agent = try startAgent(on: endpoints, log: log)
        Output.say(DemoGuide.text(address: agent.addresses[0], endpoints: endpoints))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await AgentRunner.run(agent, log: log) }
            group.addTask { try await ParentWatch.waitForEnd(of: parent) }
            group.addTask { try await DemoGuide.announceSeasons(of: endpoints) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func startAgent(on endpoints: DemoEndpoints, log: Logger) throws -> Agent {
        let preferred = listen.isEmpty ? ["127.0.0.1:9719"] : listen
        return try Failure.explaining {
            do {
                return try agent(on: endpoints, listen: preferred, log: log)
            } catch let error as WebServerError where listen.isEmpty && error.problem == .portTaken {
                return try agent(on: endpoints, listen: ["127.0.0.1:0"], log: log)
            }
        }
    }

    private func agent(on endpoints: DemoEndpoints, listen: [String], log: Logger) throws -> Agent {
        var configuration = try CommandLineTargets.configuration(
            postgres: [endpoints.postgres], pgbouncer: [endpoints.pgbouncer], dataSource: .none, listen: listen,
            interval: nil)
        for (index, name) in ["server", "pooler"].enumerated() {
            configuration.targets[index].name = name
            configuration.targets[index].cluster = "demo"
        }
        return try Agent(configuration, version: PoolscopeVersion.current, log: log)
    }
}
