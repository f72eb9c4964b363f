import ArgumentParser
import Sessions

struct TerminateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "End sessions; their transactions are rolled back.",
        discussion: """
            Shows whom it would hit, and does nothing without --yes or the phrase that it asks for. What is ended is \
            the very session that was shown, never another one that has got its process id; and where it was chosen \
            for its state or its age, only if it has not done anything since. Never our own session, superusers and \
            replication only when asked for. Each action is one line of JSON on standard error, or in --audit-log.

            Examples:
              poolscope terminate --pid 4711
              poolscope terminate --idle-in-transaction --longer-than 10m
              poolscope terminate --application checkout --state idle --yes --audit-log /var/log/poolscope.audit

            Exit codes: 0 all sessions have ended, 1 some remain or it failed, 2 the flags or the configuration make \
            no sense, or there was nobody to ask (64 for a flag that does not exist).
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var options: ActionOptions

    @Option(name: .long, help: ArgumentHelp("text or json.", valueName: "format"))
    var format: OutputFormat = .text

    func run() async throws {
        try await EndingCommand(
            action: .terminate, server: server, filter: filters.filter, options: options, format: format
        ).run()
    }
}
