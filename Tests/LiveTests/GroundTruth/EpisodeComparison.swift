import Collectors

/// What trackers reported, episode by episode against the log.
struct EpisodeComparison: Sendable {
    let kind: EpisodeKind
    /// Episodes in the log.
    private(set) var count = 0
    /// Those of them that lasted longer than the interval, and so must be seen.
    private(set) var longCount = 0
    /// Shorter ones that were seen nevertheless.
    private(set) var shortSeen = 0
    /// Long ones that were not reported.
    private(set) var missing: [TrueEpisode] = []
    /// Long ones that were not reported since a tick was late: there was no sample in their time.
    private(set) var passedOver = 0
    /// What was reported of nothing in the log, or of something for the second time.
    private(set) var surplus: [ObservedEpisode] = []
    /// Reported less true duration, in seconds, of those with an exact end.
    private(set) var exactErrors: [Double] = []
    /// The same of those with an estimated end.
    private(set) var estimatedErrors: [Double] = []

    private let interval: Double
    private let sampleTimes: [Double]

    /// The log's clock has milliseconds, and a busy machine may write a line a little before or after the server's
    /// state changes.
    private static let slack = 0.25
    /// A sample this near to an end may miss an episode: it takes time itself.
    private static let margin = 0.05
    /// A session may be let in, and so be in the view, so long after its beginning in the log, on a busy machine.
    private static let admission = 0.75

    /// - Parameters:
    ///   - interval: Seconds; what lasted longer must have been seen.
    ///   - sampleTimes: When the samples were taken, ascending.
    init(
        _ kind: EpisodeKind, truth: [TrueEpisode], observed: [ObservedEpisode], interval: Double, sampleTimes: [Double]
    ) {
        self.kind = kind
        self.interval = interval
        self.sampleTimes = sampleTimes
        count = truth.count
        longCount = truth.count { $0.seconds > interval }
        let observed = Dictionary(grouping: observed, by: \.session)
        let truth = Dictionary(grouping: truth.sorted { $0.end < $1.end }, by: \.session)
        for session in Set(observed.keys).union(truth.keys).sorted() {
            match(truth[session] ?? [], observed[session] ?? [])
        }
    }

    /// Each report is charged to an episode of its session, and no episode twice: the best fitting pairs first.
    private mutating func match(_ truth: [TrueEpisode], _ observed: [ObservedEpisode]) {
        var pairs: [(report: Int, episode: Int, misfit: Double)] = []
        for (report, observation) in observed.enumerated() {
            for episode in truth.indices {
                let next = episode + 1 < truth.count ? truth[episode + 1] : nil
                guard let misfit = Self.misfit(of: observation, to: truth[episode], before: next) else { continue }
                pairs.append((report, episode, misfit))
            }
        }
        pairs.sort { $0.misfit < $1.misfit }
        var (reports, episodes) = (Set(observed.indices), Set(truth.indices))
        for pair in pairs where reports.contains(pair.report) && episodes.contains(pair.episode) {
            reports.remove(pair.report)
            episodes.remove(pair.episode)
            accept(observed[pair.report], for: truth[pair.episode])
        }
        surplus += reports.sorted().map { observed[$0] }
        let unseen = episodes.sorted().map { truth[$0] }.filter { $0.seconds > interval }
        missing += unseen.filter(wasSampled)
        passedOver += unseen.count { !wasSampled($0) }
    }

    private func wasSampled(_ episode: TrueEpisode) -> Bool {
        // A session is in the view when it is let in; in the log it begins before that.
        let start = episode.start + (kind == .session ? Self.admission : Self.margin)
        return sampleTimes.contains { $0 > start && $0 < episode.end - Self.margin }
    }

    private mutating func accept(_ report: ObservedEpisode, for episode: TrueEpisode) {
        if episode.seconds <= interval { shortSeen += 1 }
        let error = report.seconds - episode.seconds
        if report.isExact { exactErrors.append(error) } else { estimatedErrors.append(error) }
    }

    /// How badly a report fits an episode; nil when it cannot be about it.
    ///
    /// It must have ended between the two samples. An exact end is that of the last episode before the second of them;
    /// what has an estimated end was last seen at the first.
    private static func misfit(
        of report: ObservedEpisode, to episode: TrueEpisode, before next: TrueEpisode?
    ) -> Double? {
        var outside = max(report.after - episode.end, episode.end - report.by, 0)
        if !report.isExact {
            outside = max(outside, episode.start - report.after)
        } else if let next {
            outside = max(outside, report.by - next.end)
        }
        return outside <= slack ? abs(report.seconds - episode.seconds) + 10 * outside : nil
    }
}
