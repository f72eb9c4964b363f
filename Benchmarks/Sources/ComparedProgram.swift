import Demo

/// A program under comparison: it runs in the private directory and serves a page on 127.0.0.1.
struct ComparedProgram {
    private let process: ServerProcess
    private let scraper: String
    private let port: UInt16

    /// Scrapes in a row, as the client saw them.
    struct Scrapes {
        /// Of the last body, as it was sent.
        let bytes: Int
        /// Seconds of each.
        let times: [Double]
    }

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
            let process = try await ServerProcess.launch(name: name, command: try command(port), in: directory) { _ in
                try await Tool.run(scraper, ["\(port)", page, "1", "0"]).status == 0
            }
            return ComparedProgram(process: process, scraper: scraper, port: port)
        }
    }

    /// CPU time so far, in seconds.
    var cpu: Double { Usage.cpu(ofAllThreads: process.processID) }
    /// In bytes.
    var memory: (own: Double, resident: Double) { Usage.memory(of: process.processID) }

    /// - Parameter interval: From the beginning of one scrape to that of the next; without one they follow each other.
    func scrape(_ count: Int, every interval: Duration = .zero) async throws -> Scrapes {
        let milliseconds = Int(interval / .milliseconds(1))
        let outcome = try await Tool.run(
            scraper, ["\(port)", "/metrics", "\(count)", "\(milliseconds)"], timeout: .seconds(300))
        let figures = outcome.output.split(separator: "\n").compactMap { Double($0) }
        guard outcome.status == 0, figures.count == count + 1 else {
            throw PrivateServerError("a scrape failed: \(outcome.error)")
        }
        return Scrapes(bytes: Int(figures[0]), times: figures.dropFirst().map { $0 / 1e9 })
    }

    func end() async throws { try await process.end(15) }
}
