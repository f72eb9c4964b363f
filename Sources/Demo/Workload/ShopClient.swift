import Locking
import Postgres

/// What the workload did so far.
package struct WorkloadCounts: Sendable, Equatable {
    /// Pieces of work that were completed, each of one or more statements.
    package var completed = 0
    /// Pieces of work and connection attempts that failed: a queue that took too long, a server that is down. The
    /// exhausted season is expected to add some.
    package var failed = 0
}

/// One client of the shop: keeps a session and does the same piece of work again and again.
struct ShopClient: Sendable {
    let target: ConnectionString
    let counts: Guarded<WorkloadCounts>

    /// Works until the task is cancelled. After an error it pauses for a second and connects anew.
    ///
    /// - Parameters:
    ///   - pause: Between two pieces of work, in milliseconds, a random number of this range.
    ///   - work: One piece of work.
    func run(
        pausing pause: ClosedRange<Int>, _ work: (PostgresSession) async throws(PostgresError) -> Void
    ) async {
        while !Task.isCancelled {
            do {
                let session = try await PostgresSession.connect(target, timeout: .seconds(20))
                defer { session.close() }
                while !Task.isCancelled {
                    try await work(session)
                    counts.withLock { $0.completed += 1 }
                    try? await Task.sleep(for: .milliseconds(Int.random(in: pause)))
                }
            } catch {
                // The end of a season cancels its clients: that is no failure.
                if !Task.isCancelled { counts.withLock { $0.failed += 1 } }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
