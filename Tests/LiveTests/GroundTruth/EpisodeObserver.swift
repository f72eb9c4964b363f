import Collectors
import Observations

/// The trackers under test, behind one face: what each sample ended.
struct EpisodeObserver {
    private var statements = StatementTracker()
    private var lastSample = -Double.infinity

    /// Kinds that the trackers follow; the others are not compared.
    static let kinds: [EpisodeKind] = [.statement]

    /// Takes in a sample and returns what has ended since the one before.
    mutating func observe(_ sample: ActivitySample) -> [(kind: EpisodeKind, episode: ObservedEpisode)] {
        var sample = sample
        // This tracker says of an episode only where it was: let that be the session.
        for row in sample.rows.indices { sample.rows[row].database = sample.rows[row].applicationName }
        let (after, by) = (lastSample, sample.sampledAt.unixSeconds)
        lastSample = by
        return statements.observe(sample).map { statement in
            let episode = ObservedEpisode(
                session: statement.database, seconds: statement.seconds, isExact: statement.end == .exact,
                after: after, by: by)
            return (.statement, episode)
        }
    }
}
