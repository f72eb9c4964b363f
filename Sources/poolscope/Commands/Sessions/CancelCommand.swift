import ArgumentParser
import Sessions

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End the statements of sessions; the sessions stay.",
        discussion: """
            Shows whom it would hit, and does nothing without --yes or the phrase that it asks for. The statement that \
            is cancelled is the one that was shown: a later one of the same session is not hit. Never our own session, \
            superusers and replication only when asked for. Each action is one line of JSON on standard error, or in \
            --audit-log.

            Examples:
              poolscope cancel --pid 4711
              poolscope cancel --user report --longer-than 5m --yes
              poolscope cancel --application checkout --dry-run

            Exit codes: 0 all statements have ended, 1 some remain or it failed, 2 the flags or the configuration make \
            no sense, or there was nobody to ask (64 for a flag that does not exist).
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var options: ActionOptions

    @Option(name: .long, help: ArgumentHelp("text or json.", valueName: "format"))
    var format: OutputFormat = .text

    func run() async throws {
        try await EndingCommand(
            action: .cancel, server: server, filter: filters.filter, options: options, format: format
        ).run()
    }
}
