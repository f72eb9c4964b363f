import Demo
import Foundation
import Operations
import OperationsSupport
import TestSupport

/// Draws every dashboard from a live run: private servers, an agent, a Prometheus, a browser.
package struct PreviewRun: Sendable {
    /// How long the servers are watched, in seconds.
    package let length: Double
    /// Where the pictures go.
    package let folder: URL
    /// Told what it is doing, in a sentence.
    package let say: @Sendable (String) -> Void

    package init(length: Double, folder: URL, say: @escaping @Sendable (String) -> Void) {
        self.length = length
        self.folder = folder
        self.say = say
    }

    /// The rules' minutes pass in seconds, so that a run of minutes has alerts.
    private static let scale = TimeScale(factor: 60)
    private static let scrape = 1.0
    /// As for scrapes that are further apart: rates over 12 s are calm.
    private static let toldScrape = 3.0

    /// - Throws: a sentence about what could not be started, asked, drawn or written.
    package func draw() async throws {
        let dashboards = try PreviewDashboard.shipped()
        let pages = try await withPrivateDirectory(prefix: "poolscope-preview") { directory in
            say("starting the servers")
            let servers = try await ScenarioServers.start(in: directory)
            return try await withAgent(of: servers) { url in
                let prometheus = try await PrivatePrometheus.start(
                    in: directory, configuration: Self.configuration(agent: url), files: try Self.rules())
                try await eventually("Prometheus has all three targets up") {
                    try await prometheus.query("sum(poolscope_target_up)").first?.value == 3
                }
                let start = PrivatePrometheus.Span.now
                say("watching for \(Int(length)) s")
                return try await PreviewStory(servers: servers, length: length).play {
                    let span = PrivatePrometheus.Span(start: start, end: PrivatePrometheus.Span.now)
                    let asker = DashboardAsker(prometheus: prometheus, span: span, scrape: Self.toldScrape)
                    var pages: [(String, DashboardPage)] = []
                    for dashboard in dashboards { pages.append((dashboard.name, try await asker.page(of: dashboard))) }
                    return pages
                }
            }
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, page) in pages {
            say("drawing \(name)")
            try await PagePicture.take(of: page, named: name, into: folder)
        }
    }

    private func withAgent<Result: Sendable>(
        of servers: ScenarioServers, _ body: @escaping @Sendable (String) async throws -> Result
    ) async throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "poolscope-\(UUID().uuidString).yml")
        try Data(servers.configuration(listen: "127.0.0.1:0").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            let (stream, continuation) = AsyncStream.makeStream(of: Result.self)
            group.addTask {
                defer { continuation.finish() }
                try await withPoolscope(["serve", "--config", file.path()]) { poolscope in
                    continuation.yield(try await body(try await poolscope.url()))
                }
                return nil
            }
            group.addTask {
                for await result in stream { return result }
                return nil
            }
            for try await result in group { if let result { return result } }
            throw PreviewError("the agent ended before the run did")
        }
    }

    private static func rules() throws -> [String: String] {
        var files: [String: String] = [:]
        for (place, file) in GeneratedFiles.alerts.enumerated() {
            guard let document = try RuleDocument(parsing: file.text), document.asksForPoolscope else { continue }
            files["rules-\(place).yml"] = try scale.document(document).text()
        }
        return files
    }

    private static func configuration(agent url: String) -> String {
        """
        global: {scrape_interval: \(Int(scrape))s, scrape_timeout: \(Int(scrape))s, evaluation_interval: 1s}
        rule_files: ["rules-*.yml"]
        scrape_configs:
          - job_name: poolscope
            static_configs: [{targets: ["\(url.replacing("http://", with: ""))"]}]

        """
    }
}
