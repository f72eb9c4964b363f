import Agent
import ArgumentParser
import Logging
import Sessions

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Show who is connected, what they do, and whom they keep waiting.",
        discussion: """
            A session's age is that of its statement while one runs, else the time since its last one ended; the oldest \
            come first. Filters of different kinds must all hold; of several values of one kind, any. Statements' \
            texts are shown with --query alone. Our own session is left out.

            Examples:
              poolscope sessions --postgres "host=db1 user=poolscope dbname=postgres"
              poolscope sessions --longer-than 5s --query
              poolscope sessions --blocking
              poolscope sessions --config poolscope.yml --target main --watch
              poolscope sessions --idle-in-transaction --longer-than 1m --format json

            Exit codes: 0 the list was shown, 1 the server cannot be asked, 2 the flags or the configuration make no \
            sense (64 for a flag that does not exist).
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var filters: FilterOptions

    @Flag(name: .long, help: "Show the statements' texts, too. They may hold personal data and secrets.")
    var query = false

    @Option(
        name: .long, defaultAsFlag: "2s", parsing: .next,
        help: ArgumentHelp(
            "Show the list anew every so often, until Ctrl-C; every 2s if no time is given.", valueName: "duration"))
    var watch: String?

    @Option(name: .long, help: ArgumentHelp("text or json.", valueName: "format"))
    var format: OutputFormat = .text

    @Option(name: .long, help: ArgumentHelp("Sessions that are shown at most.", valueName: "n"))
    var limit: Int = 200

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit: must be at least 1") }
        guard let watch else { return }
        guard let interval = DurationText.parse(watch), interval >= .milliseconds(200) else {
            throw ValidationError("--watch: “\(watch)” is not a duration of at least 200ms; write for example 2s")
        }
    }

    func run() async throws {
        server.hideSecrets()
        try await Failure.explaining {
            let watch = SessionsWatch(
                choice: try server.choice(), filter: filters.filter, format: format, limit: limit, showsQuery: query,
                interval: watch.flatMap(DurationText.parse))
            guard watch.interval != nil else { return try await watch.showOnce() }
            let log = Logger(label: "poolscope") { _ in LineLogHandler(format: .text) }
            try await AgentRunner.run(watch, log: log)
        }
    }
}
