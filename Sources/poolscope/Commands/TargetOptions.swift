import Agent
import ArgumentParser
import Foundation

/// The flags that say what to sample, which commands share.
struct TargetOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("A PostgreSQL server to watch (repeatable).", valueName: "dsn"))
    var postgres: [String] = []

    @Option(name: .long, help: ArgumentHelp("A PgBouncer admin console to watch (repeatable).", valueName: "dsn"))
    var pgbouncer: [String] = []

    @Option(name: .long, help: ArgumentHelp("Read targets and settings from this file.", valueName: "file"))
    var config: String?

    @Option(
        name: .long, help: ArgumentHelp("Time between samples, e.g. 500ms, 1s, 5s (default 1s).", valueName: "duration")
    )
    var interval: String?

    func validate() throws {
        guard config == nil || (postgres.isEmpty && pgbouncer.isEmpty) else {
            throw ValidationError(
                "--config and --postgres/--pgbouncer exclude each other: put all targets into the file")
        }
    }

    /// To be called first: takes passwords out of the process's argument list.
    func hideSecrets() {
        ArgumentScrubber.hideSecrets(in: postgres + pgbouncer)
    }

    /// - Parameter listen: the values of `--listen`, for a command that has it.
    func configuration(listen: [String] = []) throws -> AgentConfiguration {
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
