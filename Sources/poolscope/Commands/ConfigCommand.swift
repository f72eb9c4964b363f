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
                The web configuration file that it names is read, too, with its certificates. Exit code 0 when all is \
                good, 2 when not. Nothing is connected to.

                Examples:
                  poolscope config check poolscope.yml
                  poolscope config check --web.config.file web.yml
                """)

        @Argument(help: "The file.")
        var file: String?

        @Option(
            name: .customLong("web.config.file"),
            help: ArgumentHelp("The web configuration file, instead of the one that the file names.", valueName: "file")
        )
        var webConfigFile: String?

        func validate() throws {
            guard file != nil || webConfigFile != nil else {
                throw ValidationError("name a configuration file, or a web configuration file with --web.config.file")
            }
        }

        func run() async throws {
            try Failure.explaining {
                var named: String?
                if let file {
                    let configuration = try ConfigurationFile.load(path: file)
                    let count = configuration.targets.count
                    try Output.deliver("\(file): good: \(count) \(count == 1 ? "target" : "targets")")
                    named = configuration.webConfigFile
                }
                guard let path = webConfigFile ?? named else { return }
                let web = try WebConfiguration.load(path: path)
                for notice in web.notices { Failure.say("\(path): \(notice)") }
                try Output.deliver("\(path): good: \(web.summary)")
            }
        }
    }
}
