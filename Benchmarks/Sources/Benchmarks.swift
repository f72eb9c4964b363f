import ArgumentParser

/// Measures; never part of the tests. Run it by the scripts beside it, in a release build.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Time and memory of Poolscope's parts.",
        subcommands: [Scale.self, LiveScale.self, Encoding.self, Observation.self])

    struct Scale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One sample by the number of backends, without a server.")

        @Option(help: "Numbers of backends.") var backends: [Int] = [100, 1_000, 5_000, 10_000]
        @Option(help: "Ticks per size; the median counts.") var ticks = 30

        func run() async throws { ScaleBenchmark.run(sizes: backends, ticks: max(4, ticks)) }
    }

    struct LiveScale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "live-scale", abstract: "One sample of a real PostgreSQL by the number of its sessions.")

        @Option(help: "Numbers of sessions.") var backends: [Int] = [100, 1_000]
        @Option(help: "Samples per size; the median counts.") var ticks = 30

        func run() async throws { try await LiveScaleBenchmark.run(sizes: backends, ticks: max(1, ticks)) }
    }

    struct Encoding: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Encoding of a page by the number of its series.")

        @Option(help: "Numbers of series.") var series: [Int] = [1_000, 10_000, 100_000]
        @Option(help: "Encodings per size and format; the median counts.") var rounds = 30
        @Option(help: "A directory to write the pages to.") var directory: String?

        func run() { EncodingBenchmark.run(sizes: series, rounds: max(1, rounds), directory: directory) }
    }

    struct Observation: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One observation in a histogram or a counter.")

        func run() { ObservationBenchmark.run() }
    }
}
