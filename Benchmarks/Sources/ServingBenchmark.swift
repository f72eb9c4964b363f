import Demo
import WebServer

/// A page that is ready, served by our web server in each of its ways of using threads, to one scraper and to many, over
/// connections that are kept and over new ones; then what a slow answer does to the others.
enum ServingBenchmark {
    struct Options {
        /// `Benchmarks/Peers/scrape.c`, compiled.
        let scraper: String
        /// Of the page.
        let bytes: Int
        let rounds: Int
        /// Of a round, all clients together.
        let requests: Int
    }

    private struct Mode {
        let name: String
        let threads: WebServerThreads
    }

    private struct Load {
        let name: String
        let clients: Int
        let keepsAlive: Bool
    }

    private static let modes = [
        Mode(name: "one thread", threads: .one), Mode(name: "pool of 2", threads: .pool(2)),
        Mode(name: "pool of 4", threads: .pool(4)), Mode(name: "one per connection", threads: .perConnection),
    ]

    private static let loads = [
        Load(name: "1 client", clients: 1, keepsAlive: true),
        Load(name: "32 clients", clients: 32, keepsAlive: true),
        Load(name: "1 client, new connections", clients: 1, keepsAlive: false),
        Load(name: "32 clients, new connections", clients: 32, keepsAlive: false),
    ]

    /// The handler of `/slow` computes for so long, as one does that encodes a very large page.
    private static let slowness = 0.020

    static func run(_ options: Options) async throws {
        print("A page of \(options.bytes) bytes, \(options.rounds) rounds of \(options.requests) requests, medians:\n")
        print("| load | threads | requests in a second | p50 | p99 | CPU of the server per request |")
        print("|---|---|---|---|---|---|")
        for load in loads {
            var figures = modes.map { _ in Figure() }
            // By turns, so that what else the machine does weighs on all.
            for _ in 0..<options.rounds {
                for (index, mode) in modes.enumerated() {
                    try await measure(load, mode, options, into: &figures[index])
                }
            }
            for (mode, figure) in zip(modes, figures) { print("| \(load.name) | \(mode.name) | \(figure.cells) |") }
        }
        print(
            "\nBeside a client whose answers take \(Text.number(slowness * 1e3)) ms of computing each, the others':\n")
        print("| threads | p50 | p99 |")
        print("|---|---|---|")
        for mode in modes { try await besideSlow(mode, options) }
    }

    private struct Figure {
        var rate = Figures()
        var middle = Figures()
        var slowest = Figures()
        var cpu = Figures()

        var cells: String {
            [Text.number(rate.median.rounded()), micros(middle.median), micros(slowest.median), micros(cpu.median)]
                .joined(separator: " | ")
        }
    }

    private static func measure(
        _ load: Load, _ mode: Mode, _ options: Options, into figure: inout Figure
    ) async throws {
        let server = try serve(mode, options)
        defer { server.stop() }
        let client = ScrapeClient(program: options.scraper, port: server.boundAddresses[0].port)
        let each = max(1, options.requests / load.clients)
        _ = try await client.scrape(max(1, each / 10), clients: load.clients, keepsAlive: load.keepsAlive)
        let cpu = Usage.processCPU
        let outcome = try await client.scrape(each, clients: load.clients, keepsAlive: load.keepsAlive)
        // That of starting the client is ours, too: a constant of a few milliseconds.
        figure.cpu.add((Usage.processCPU - cpu) / Double(each * load.clients))
        figure.rate.add(Double(each * load.clients) / outcome.elapsed)
        var times = Figures()
        times.add(outcome.times)
        figure.middle.add(times.median)
        figure.slowest.add(times.quantile(0.99))
    }

    private static func besideSlow(_ mode: Mode, _ options: Options) async throws {
        let server = try serve(mode, options)
        defer { server.stop() }
        let port = server.boundAddresses[0].port
        let times = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    _ = try await ScrapeClient(program: options.scraper, port: port, page: "/slow").scrape(50)
                }
            }
            defer { group.cancelAll() }
            return try await ScrapeClient(program: options.scraper, port: port)
                .scrape(200, every: .milliseconds(7), clients: 4).times
        }
        var figures = Figures()
        figures.add(times)
        print("| \(mode.name) | \(micros(figures.median)) | \(micros(figures.quantile(0.99))) |")
    }

    private static func serve(_ mode: Mode, _ options: Options) throws -> WebServer {
        let page = PreparedReply(
            status: 200, contentType: "text/plain", body: [UInt8](repeating: UInt8(ascii: "x"), count: options.bytes))
        let router = Router([
            Route(path: "/metrics") { _ in page },
            Route(path: "/slow") { _ in
                let end = Usage.threadCPU + slowness
                while Usage.threadCPU < end {}
                return page
            },
        ])
        return try WebServer.start(
            [ListenAddress(parsing: "127.0.0.1:0")], options: WebServerOptions(threads: mode.threads), router: router)
    }

    private static func micros(_ seconds: Double) -> String { Text.number((seconds * 1e7).rounded() / 10) + " µs" }
}
