import Collectors
import Observations

/// The tracker under test, behind one face: what each sample ended.
struct EpisodeObserver {
    private var tracker = ActivityTracker()
    private var lastSample = -Double.infinity

    /// Takes in a sample and returns what has ended since the one before.
    mutating func observe(_ sample: ActivitySample) -> [EpisodeKind: [ObservedEpisode]] {
        let (after, by) = (lastSample, sample.sampledAt.unixSeconds)
        lastSample = by
        func observed(_ session: String, _ seconds: Double, _ end: EpisodeEnd) -> ObservedEpisode {
            ObservedEpisode(session: session, seconds: seconds, isExact: end == .exact, after: after, by: by)
        }
        func observed(_ episode: FinishedEpisode) -> ObservedEpisode {
            observed(episode.owner.application, episode.seconds, episode.end)
        }
        let ended = tracker.observe(sample)
        return [
            .statement: ended.statements.map { observed($0.application, $0.seconds, $0.end) },
            .transaction: ended.transactions.map(observed),
            .idleInTransaction: ended.idleInTransaction.map(observed),
            .session: ended.sessions.map(observed),
        ]
    }
}
