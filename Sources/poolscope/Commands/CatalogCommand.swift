import Advisor
import Agent
import ArgumentParser
import Foundation
import Operations

struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Print what Poolscope knows.",
        subcommands: [Metrics.self, Checks.self, Files.self])

    struct Metrics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "metrics",
            abstract: "Print every metric family with type, labels and meaning, as Markdown.",
            discussion: "Example: poolscope catalog metrics > docs/metrics.md")

        func run() async throws {
            try Output.deliver(Catalogue.markdown)
        }
    }

    struct Checks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checks",
            abstract: "Print every check with what it needs and how it judges, as Markdown.",
            discussion: "Example: poolscope catalog checks > docs/checks.md")

        func run() async throws {
            try Output.deliver(CheckDocument.markdown)
        }
    }

    struct Files: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "files",
            abstract: "Write the dashboards, alert rules and examples that go with this version.",
            discussion: "Example: poolscope catalog files --into /etc/poolscope")

        @Option(name: .long, help: "The folder to write them to; files of the same names are replaced.")
        var into: String

        func run() async throws {
            for file in GeneratedFiles.all {
                let url = URL(filePath: into).appending(path: file.path)
                do {
                    try FileManager.default.createDirectory(
                        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(file.text.utf8).write(to: url, options: .atomic)
                } catch {
                    Failure.say("poolscope: --into: \(url.path()) cannot be written: \(error.localizedDescription)")
                    throw ExitCode.failure
                }
            }
        }
    }
}
