import Agent
import ArgumentParser
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

    @OptionGroup var targets: TargetOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Address to listen on (repeatable; default :9719, all interfaces).", valueName: "address"))
    var listen: [String] = []

    @Option(
        name: .customLong("web.config.file"),
        help: ArgumentHelp(
            "TLS and passwords of the web server, as exporter-toolkit has them (docs/web.md).", valueName: "file"))
    var webConfigFile: String?

    @OptionGroup var logging: LoggingOptions

    func run() async throws {
        targets.hideSecrets()
        let log = logging.bootstrap()
        var configuration = try Failure.explaining { try targets.configuration(listen: listen) }
        if let webConfigFile { configuration.webConfigFile = webConfigFile }
        let settled = configuration
        let agent = try Failure.explaining {
            try Agent(settled, version: PoolscopeVersion.current, log: log)
        }
        try await AgentRunner.run(agent, log: log)
    }
}
