import Demo

/// Scrapers in a process of their own, so that what they need does not count.
struct ScrapeClient {
    /// `Benchmarks/Peers/scrape.c`, compiled.
    let program: String
    let port: UInt16
    var page = "/metrics"

    /// Scrapes as the clients saw them.
    struct Outcome {
        /// Of a body, as it was sent.
        let bytes: Int
        /// Seconds that all took together.
        let elapsed: Double
        /// Seconds of each, those of one client behind those of another.
        let times: [Double]
    }

    /// - Parameters:
    ///   - count: Of each client.
    ///   - interval: From the beginning of one scrape to that of the next; without one they follow each other.
    ///   - keepsAlive: Not a connection for each scrape.
    func scrape(
        _ count: Int, every interval: Duration = .zero, clients: Int = 1, keepsAlive: Bool = true
    ) async throws -> Outcome {
        let arguments = ["\(port)", page, "\(count)", "\(Int(interval / .milliseconds(1)))", "\(clients)"]
        let outcome = try await Tool.run(
            program, arguments + (keepsAlive ? [] : ["close"]), timeout: .seconds(300))
        let figures = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard outcome.status == 0, figures.count == count * clients + 2 else {
            throw PrivateServerError("a scrape failed: \(outcome.error)")
        }
        return Outcome(bytes: Int(figures[0]), elapsed: figures[1] / 1e9, times: figures.dropFirst(2).map { $0 / 1e9 })
    }

    /// Whether a scrape succeeds.
    var isAnswered: Bool {
        get async throws { try await Tool.run(program, ["\(port)", page, "1", "0"]).status == 0 }
    }
}
