import Demo
import OperationsSupport
import Postgres

/// What happens while a preview looks: everyday work, and troubles that come and go, so that the panels have something
/// to show. Some are there at the end, for what shows the present alone.
struct PreviewStory: Sendable {
    let servers: ScenarioServers
    /// In seconds.
    let length: Double

    /// A trouble between two moments of the story, which begins at 0 and ends at 1.
    private struct Act: Sendable {
        let from: Double
        let to: Double
        let trouble: Trouble
        var begin: @Sendable () async throws -> Void = {}
        var end: @Sendable () async throws -> Void = {}
    }

    /// Plays it, and calls `look` at its end, while everything is still going on.
    func play<Result: Sendable>(_ look: @Sendable () async throws -> Result) async throws -> Result {
        let acts = try self.acts()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for act in acts { group.addTask { try await play(act) } }
            defer { group.cancelAll() }
            return try await everyday().during {
                try await Task.sleep(for: .seconds(length))
                return try await look()
            }
        }
    }

    private func play(_ act: Act) async throws {
        try await Task.sleep(for: .seconds(act.from * length))
        try await act.begin()
        // What goes on to the end goes on until the looks are over, too.
        let duration = act.to < 1 ? (act.to - act.from) * length : 3_600
        try await act.trouble.during { try await Task.sleep(for: .seconds(duration)) }
        try await act.end()
    }

    private func acts() throws -> [Act] {
        let (servers, main) = (self.servers, servers.main)
        // A backend that waits for a lock or sleeps does not notice that its client has gone.
        let unlock: @Sendable () async throws -> Void = {
            _ = try await main.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name IN ('migration', 'stock-keeper')
                """)
        }
        return [
            Act(from: 0.12, to: 1, trouble: try servers.leak()),
            Act(from: 0.2, to: 0.38, trouble: try servers.saturation()),
            Act(from: 0.28, to: 0.8, trouble: try servers.tenant()),
            Act(from: 0.32, to: 0.56, trouble: try servers.churn()),
            Act(from: 0.36, to: 0.6, trouble: try servers.slowness()),
            Act(from: 0.42, to: 0.55, trouble: try servers.deadlocks()),
            Act(from: 0.45, to: 0.66, trouble: try servers.lock(), end: unlock),
            Act(from: 0.58, to: 0.7, trouble: try servers.fullServer(), end: { try await servers.small.stop() }),
            Act(from: 0.76, to: 0.77, trouble: Trouble {}, begin: { try await servers.small.start() }),
            Act(
                from: 0.62, to: 0.74, trouble: try servers.paused(),
                begin: { _ = try await servers.bouncer.console("PAUSE archive") },
                end: { _ = try await servers.bouncer.console("RESUME archive") }),
            Act(from: 0.55, to: 1, trouble: try servers.forgetfulness()),
            Act(
                from: 0.82, to: 1, trouble: try servers.lock(),
                begin: { _ = try await servers.bouncer.console("DISABLE attic") }),
            Act(from: 0.84, to: 1, trouble: try servers.saturation()),
            Act(from: 0.88, to: 1, trouble: try servers.slowness()),
        ]
    }

    /// More than the tests need, so that the lines of a quiet minute are lines.
    private func everyday() throws -> Trouble {
        try servers.everyday()
            + Trouble(servers.pooled(5, "catalogue")) { await $0.works(pausing: .milliseconds(60), Chore.browse) }
            + Trouble(servers.pooled(2, "checkout")) { await $0.works(pausing: .milliseconds(120), Chore.order) }
            + Trouble(servers.pooled(2, "worker", user: "jobs")) {
                await $0.works(pausing: .milliseconds(250), Chore.browse)
            }
            + Trouble(servers.direct(2, "reports")) { await $0.works(pausing: .milliseconds(400), Chore.browse) }
    }
}
