import Agent
import ArgumentParser
import Foundation
import Observations
import Postgres
import Sessions

/// The flags that say which server's sessions are meant.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The PostgreSQL server.", valueName: "dsn"))
    var postgres: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A PgBouncer admin console before it, to see the clients behind (repeatable).", valueName: "dsn"))
    var pgbouncer: [String] = []

    @Option(name: .long, help: ArgumentHelp("Take server and poolers from this file instead.", valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("Which server of the file, by its name.", valueName: "name"))
    var target: String?

    func validate() throws {
        guard postgres.count <= 1 else {
            throw ValidationError("--postgres: is there \(postgres.count) times; this is about one server at a time")
        }
        guard config == nil || (postgres.isEmpty && pgbouncer.isEmpty) else {
            throw ValidationError("--config and --postgres/--pgbouncer exclude each other")
        }
    }

    /// To be called first: takes passwords out of the process's argument list.
    func hideSecrets() {
        ArgumentScrubber.hideSecrets(in: postgres + pgbouncer)
    }

    /// The server that is meant, and its poolers.
    func choice() throws -> ServerChoice {
        if let config {
            return try ServerChoice(from: try ConfigurationFile.load(path: config), named: target, isFromFile: true)
        }
        let variables = DataSourceEnvironment(ProcessInfo.processInfo.environment)
        var configuration = try CommandLineTargets.configuration(
            postgres: postgres, pgbouncer: postgres.isEmpty ? [] : pgbouncer, dataSource: variables, listen: [],
            interval: nil)
        if postgres.isEmpty, !pgbouncer.isEmpty {
            // The server is that of the environment, the poolers are those of the flags.
            configuration.targets += try CommandLineTargets.configuration(
                postgres: [], pgbouncer: pgbouncer, dataSource: .none, listen: [], interval: nil
            ).targets
        }
        return try ServerChoice(from: configuration, named: target, isFromFile: false)
    }
}
