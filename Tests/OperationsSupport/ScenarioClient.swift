import Postgres

/// Somebody who uses the database, until the task is cancelled.
package struct ScenarioClient: Sendable {
    package let target: ConnectionString

    package init(target: ConnectionString) {
        self.target = target
    }

    /// No statement takes longer; what hangs then is given up, and the client comes anew.
    package static let limit = Duration.seconds(120)

    /// Does the same work again and again in one session; after an error it comes anew.
    package func works(
        pausing pause: Duration, _ work: @Sendable (PostgresSession) async throws(PostgresError) -> Void
    ) async {
        while !Task.isCancelled {
            do {
                let session = try await PostgresSession.connect(target, timeout: .seconds(20))
                defer { session.close() }
                while !Task.isCancelled {
                    try await work(session)
                    try? await Task.sleep(for: pause)
                }
            } catch {
                // Refusals, time-outs and restarts are what the scenario is about.
                try? await Task.sleep(for: .milliseconds(300))
            }
        }
    }

    /// A session for each piece of work.
    package func comesAndGoes(
        pausing pause: Duration, _ work: @Sendable (PostgresSession) async throws(PostgresError) -> Void
    ) async {
        while !Task.isCancelled {
            do {
                let session = try await PostgresSession.connect(target, timeout: .seconds(20))
                defer { session.close() }
                try await work(session)
            } catch {}
            try? await Task.sleep(for: pause)
        }
    }

    /// Sends statements once, and then keeps the session as it is.
    package func holds(_ statements: [String]) async {
        await works(pausing: .seconds(1_000)) { session throws(PostgresError) in
            for statement in statements { _ = try await session.simpleQuery(statement, timeout: Self.limit) }
        }
    }

    /// Opens one more session at each pause, uses it once and forgets it, up to `count`.
    package func leaks(count: Int, pausing pause: Duration) async {
        var forgotten: [PostgresSession] = []
        while !Task.isCancelled {
            if forgotten.count < count, let session = try? await PostgresSession.connect(target, timeout: .seconds(20))
            {
                _ = try? await session.simpleQuery("SELECT 1", timeout: Self.limit)
                forgotten.append(session)
            }
            try? await Task.sleep(for: pause)
        }
        for session in forgotten { session.close() }
    }
}
