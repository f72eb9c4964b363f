import Agent
import ArgumentParser

struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Print what Poolscope knows.", subcommands: [Metrics.self])

    struct Metrics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "metrics",
            abstract: "Print every metric family with type, labels and meaning, as Markdown.",
            discussion: "Example: poolscope catalog metrics > docs/metrics.md")

        func run() async throws {
            try Output.deliver(Catalogue.markdown)
        }
    }
}
