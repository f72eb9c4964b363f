import Agent
import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Work with configuration files.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Read a configuration file and say what is wrong with it.",
            discussion: """
                Exit code 0 when it is good, 2 when not. Nothing is connected to.

                Example: poolscope config check poolscope.yml
                """)

        @Argument(help: "The file.")
        var file: String

        func run() async throws {
            let configuration = try Failure.explaining { try ConfigurationFile.load(path: file) }
            let count = configuration.targets.count
            try Output.deliver("\(file): good: \(count) \(count == 1 ? "target" : "targets")")
        }
    }
}
