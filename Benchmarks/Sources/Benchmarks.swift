import ArgumentParser
import Foundation

/// Measures; never part of the tests. Run it by the scripts beside it, in a release build.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Time and memory of Poolscope's parts.",
        subcommands: [
            Scale.self, LiveScale.self, Pool.self, PoolQuery.self, Encoding.self, Observation.self, SizeSweep.self,
            Compare.self, Serving.self,
        ])

    struct Scale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One sample by the number of backends, without a server.")

        @Option(help: "Numbers of backends.") var backends: [Int] = [100, 1_000, 5_000, 10_000]
        @Option(help: "Ticks per size; the median counts.") var ticks = 30
        @Flag(help: "The server gives the same answer at every tick.") var steady = false

        func run() async throws { ScaleBenchmark.run(sizes: backends, ticks: max(4, ticks), isSteady: steady) }
    }

    struct LiveScale: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "live-scale", abstract: "One sample of a real PostgreSQL by the number of its sessions.")

        @Option(help: "Numbers of sessions.") var backends: [Int] = [100, 1_000]
        @Option(help: "Samples per size; the median counts.") var ticks = 30
        @Option(help: "The program made of floor.c; without it there is no comparison.") var floor: String?

        func run() async throws {
            try await LiveScaleBenchmark.run(sizes: backends, ticks: max(1, ticks), floor: floor)
        }
    }

    struct Pool: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lease and return of a connection, against an array behind the same lock.")

        @Option(help: "Rounds; the median counts.") var rounds = 20
        @Option(help: "Leases per round.") var leases = 100_000

        func run() async throws { try await PoolBenchmark.run(rounds: max(3, rounds), leases: max(1_000, leases)) }
    }

    struct PoolQuery: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pool-query", abstract: "A query through the pool against bare libpq and psycopg's pool.")

        @Option(help: "Benchmarks/Peers/libpq_query.c, compiled.") var libpq: String
        @Option(help: "A Python with psycopg_pool.") var python: String?
        @Option(help: "Rounds; the median counts.") var rounds = 15
        @Option(help: "Queries of each contender in a round.") var queries = 8_000

        func run() async throws {
            try await PoolQueryBenchmark.run(
                .init(
                    libpq: libpq, psycopg: python.map { [$0, "Benchmarks/Peers/psycopg_query.py"] },
                    rounds: max(1, rounds), queries: max(160, queries)))
        }
    }

    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Poolscope beside Debian's exporters and the floors, by the number of connections.")

        @Option(help: "Numbers of connections.") var size: [Int] = []
        @Option(help: "Poolscope's binary.") var poolscope: String
        @Option(help: "The directory of the compiled programs of Benchmarks/Peers.") var peers: String
        @Flag(help: "Two sizes and short turns: whether it works, not what it says.") var quick = false

        func run() async throws {
            let sizes = !size.isEmpty ? size : quick ? [10, 1_000] : [10, 100, 1_000, 5_000]
            try await CompareBenchmark.run(
                .init(sizes: sizes, poolscope: poolscope, peers: peers, isQuick: quick))
        }
    }

    struct Serving: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The web server's ways of using threads, for few and many scrapers.")

        @Option(help: "The program made of scrape.c.") var scraper: String
        @Option(help: "Bytes of the page.") var bytes = 30_000
        @Option(help: "Rounds; the median counts.") var rounds = 5
        @Option(help: "Requests of a round.") var requests = 4_000

        func run() async throws {
            try await ServingBenchmark.run(
                .init(scraper: scraper, bytes: max(0, bytes), rounds: max(1, rounds), requests: max(32, requests)))
        }
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

    struct SizeSweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "size-sweep", abstract: "Throughput by pool size, beside what poolscope size says.")

        @Option(parsing: .upToNextOption, help: "Pool sizes.") var sizes = [1, 2, 3, 4, 5, 6, 8, 10, 16, 24, 48]
        @Option(help: "Seconds of each measurement.") var seconds = 5
        @Option(help: "Rounds; the median counts.") var rounds = 3
        @Option(help: "Clients, more than the largest pool.") var clients = 64
        @Option(help: "Cores for the formula.") var cores = ProcessInfo.processInfo.activeProcessorCount
        @Option(help: "Seconds that size watches.") var watch = 20
        @Option(parsing: .upToNextOption, help: "read, write, chatty; default all.") var workload: [String] = []

        func run() async throws {
            let workloads = try workload.map { name in
                guard let workload = SizeSweepBenchmark.Workload(rawValue: name) else {
                    throw ValidationError("--workload: “\(name)” is none of read, write, chatty")
                }
                return workload
            }
            let options = SizeSweepBenchmark.Options(
                sizes: sizes.filter { $0 > 0 }.sorted(), seconds: max(1, seconds), rounds: max(1, rounds),
                clients: max(1, clients), cores: cores, watch: max(2, watch))
            try await SizeSweepBenchmark(options: options).run(
                workloads.isEmpty ? SizeSweepBenchmark.Workload.allCases : workloads)
        }
    }
}
