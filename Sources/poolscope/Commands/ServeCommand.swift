import Agent
import ArgumentParser
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Sample the targets and serve /metrics.",
        discussion: """
            Examples:
              poolscope serve --postgres "host=db1 user=poolscope dbname=postgres"
              poolscope serve --postgres postgresql://poolscope@db1/postgres \\
                              --pgbouncer "host=db1 port=6432 user=poolscope"
              poolscope serve --config poolscope.yml
              DATA_SOURCE_NAME=postgresql://poolscope@db1/postgres poolscope serve

            libpq's environment (PGHOST, PGUSER, …), service file and password file are honoured. Keep passwords out \
            of the command line: use ~/.pgpass, PGPASSWORD or password_file in the configuration.
            """)

    @Option(name: .long, help: ArgumentHelp("A PostgreSQL server to watch (repeatable).", valueName: "dsn"))
    var postgres: [String] = []

    @Option(name: .long, help: ArgumentHelp("A PgBouncer admin console to watch (repeatable).", valueName: "dsn"))
    var pgbouncer: [String] = []

    @Option(name: .long, help: ArgumentHelp("Read targets and settings from this file.", valueName: "file"))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Address to listen on (repeatable; default :9719, all interfaces).", valueName: "address"))
    var listen: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Time between samples, e.g. 500ms, 1s, 5s (default 1s).", valueName: "duration")
    )
    var interval: String?

    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard config == nil || (postgres.isEmpty && pgbouncer.isEmpty) else {
            throw ValidationError(
                "--config and --postgres/--pgbouncer exclude each other: put all targets into the file")
        }
    }

    func run() async throws {
        ArgumentScrubber.hideSecrets(in: postgres + pgbouncer)
        let log = logging.bootstrap()
        let configuration = try Failure.explaining { try agentConfiguration() }
        let agent = try Failure.explaining {
            try Agent(configuration, version: PoolscopeVersion.current, log: log)
        }
        try await AgentRunner.run(agent, log: log)
    }

    private func agentConfiguration() throws -> AgentConfiguration {
        guard let config else {
            return try CommandLineTargets.configuration(
                postgres: postgres, pgbouncer: pgbouncer,
                dataSource: DataSourceEnvironment(ProcessInfo.processInfo.environment), listen: listen,
                interval: interval)
        }
        let file = try ConfigurationFile.load(path: config)
        return try CommandLineTargets.overriding(file, listen: listen, interval: interval)
    }
}
