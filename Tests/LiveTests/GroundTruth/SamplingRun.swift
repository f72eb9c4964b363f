import Collectors
import Locking
import Observations
import Postgres

/// Samples of a server, taken at every tick in this process, and what the trackers made of them.
struct SamplingRun: Sendable {
    private(set) var episodes: [EpisodeKind: [ObservedEpisode]] = [:]
    /// The server's clock at each sample.
    private(set) var sampleTimes: [Double] = []

    /// The longest time between two samples.
    var longestGap: Double { zip(sampleTimes, sampleTimes.dropFirst()).map { $1 - $0 }.max() ?? .infinity }

    /// Samples while `work` runs, and twice more.
    static func sampling(
        _ target: ConnectionString, every interval: Duration, while work: @escaping @Sendable () async throws -> Void
    ) async throws -> SamplingRun {
        let isDone = Guarded(false)
        return try await withThrowingTaskGroup(of: SamplingRun?.self) { group in
            group.addTask {
                try await work()
                isDone.withLock { $0 = true }
                return nil
            }
            group.addTask {
                try await sample(target, every: interval) { isDone.withLock { $0 } }
            }
            return try await group.reduce(nil) { $0 ?? $1 } ?? SamplingRun()
        }
    }

    private static func sample(
        _ target: ConnectionString, every interval: Duration, until isDone: () -> Bool
    ) async throws -> SamplingRun {
        let session = try await PostgresSession.connect(target, timeout: .seconds(10))
        let context = SourceContext(serverVersion: session.serverVersion)
        guard let statement = ActivitySource.statement(in: context) else { return SamplingRun() }
        var run = SamplingRun()
        var observer = EpisodeObserver()
        var ticksLeft = 3
        var tick = ContinuousClock.now
        while ticksLeft > 0 {
            if isDone() { ticksLeft -= 1 }
            let sample = try ActivitySource.decode(try await session.query(statement, timeout: .seconds(10)))
            run.sampleTimes.append(sample.sampledAt.unixSeconds)
            run.episodes.merge(observer.observe(sample)) { $0 + $1 }
            // A tick that is late is let pass, as the agent does.
            repeat { tick += interval } while tick < .now
            try await Task.sleep(until: tick, clock: .continuous)
        }
        return run
    }
}
