import Demo
import Glibc

/// A program under comparison: it runs in the private directory and serves a page on 127.0.0.1.
struct ComparedProgram {
    private let process: ServerProcess
    private let client: ScrapeClient

    /// Starts it on a free port and waits until a scrape succeeds.
    /// - Parameters:
    ///   - scraper: `Benchmarks/Peers/scrape.c`, compiled.
    ///   - page: What answers when it is ready.
    ///   - command: Given the port; may write configuration files first.
    static func start(
        _ name: String, in directory: PrivateDirectory, scraper: String, page: String = "/metrics",
        command: (UInt16) throws -> [String]
    ) async throws -> ComparedProgram {
        try await FreePort.retrying { port in
            let isReady = ScrapeClient(program: scraper, port: port, page: page)
            let process = try await ServerProcess.launch(name: name, command: try command(port), in: directory) { _ in
                try await isReady.isAnswered
            }
            return ComparedProgram(process: process, client: ScrapeClient(program: scraper, port: port))
        }
    }

    /// CPU time so far, in seconds.
    var cpu: Double { Usage.cpu(ofAllThreads: process.processID) }
    /// In bytes.
    var memory: (own: Double, resident: Double) { Usage.memory(of: process.processID) }

    /// - Parameter interval: From the beginning of one scrape to that of the next; without one they follow each other.
    func scrape(_ count: Int, every interval: Duration = .zero) async throws -> ScrapeClient.Outcome {
        try await client.scrape(count, every: interval)
    }

    func end() async throws { try await process.end(SIGTERM) }
}
