import Collectors

/// Keeps what the agent costs a target under a share of one core: estimates it from how long its statements take, and
/// says how far the interval must be stretched. Pure: durations come in, a factor comes out.
///
/// What a statement costs is the lower quartile of its last answers without the way there and back, for which the
/// shortest answer of the session stands. Waiting that lasts counts as work: on a machine whose processors are all busy
/// the estimate errs upwards, else it is right to a tenth or two. Opening sessions is not in it.
///
/// First what may have many rows gets a pace of its own, so that each of these takes half of the budget at most, then
/// the samples are stretched. What is read every 10 s or less often, and what is read between samples, counts all the
/// same: it leaves less for the samples. A budget below that cannot be kept, and the metrics show it.
struct ServerBudget {
    /// Samples are never further apart than this, or than one interval where that is longer.
    static let longestPause: Duration = .seconds(60)
    /// The same for what has a pace of its own, unless it has so many rows.
    static let longestPace: Duration = .seconds(600)
    /// What the cheapest statement costs a server, in seconds: it is parsed, planned, run and answered.
    static let leastCost = 0.000_05
    /// Answers of a session after which the budget may stretch: the first are dear, for they fill its caches.
    static let leastAnswers = 8
    /// The budget shortens the interval only when this much of it would do, so that it does not go to and fro.
    static let ease = 0.8

    /// The share of one core; 0 is no budget.
    let share: Double
    /// In seconds.
    private let interval: Double
    private let longestStretch: Int
    /// In ticks.
    private let longestPace: Double
    private let sources: [any Source.Type]
    private var costs: [StatementCost]
    /// The shortest answer of this session, whoever gave it.
    private var roundTrip = Double.infinity
    /// How many ticks one sample stands for.
    private(set) var stretch = 1

    /// - Precondition: the interval is positive, the share is not negative.
    init(share: Double, interval: Duration, sources: [any Source.Type]) {
        precondition(interval > .zero && share >= 0, "a budget needs an interval and a share")
        self.share = share
        self.interval = interval / .seconds(1)
        longestStretch = max(1, Int(Self.longestPause / interval))
        longestPace = Self.longestPace / interval
        self.sources = sources
        costs = sources.map { _ in StatementCost() }
    }

    /// What was measured over another session does not count any more; the factor stays until something is known.
    mutating func beginSession() {
        roundTrip = .infinity
        for index in costs.indices { costs[index].forgetAnswers() }
    }

    /// Takes in how long an answer took, and how many rows it had.
    mutating func answered(_ source: any Source.Type, in seconds: Double, rows: Int) {
        guard let index = index(of: source) else { return }
        costs[index].answered(in: seconds, pace: source.cadence.stretch(rows: rows))
        roundTrip = min(roundTrip, seconds)
    }

    /// A source whose turn it was had nothing to ask.
    mutating func omitted(_ source: any Source.Type) {
        if let index = index(of: source) { costs[index].omitted() }
    }

    /// A source that is not asked any more in this session.
    mutating func dropped(_ source: any Source.Type) {
        if let index = index(of: source) { costs[index] = StatementCost() }
    }

    /// Ends a tick at which the target was read, and decides how the next ones go.
    mutating func endTick() {
        guard share > 0 else { return }
        let answers = zip(sources, costs).filter { $0.1.count > 0 }
        // Of one source alone, the shortest answer is its own: nothing is known of the way.
        guard answers.count > 1, let sample = answers.first(where: { $0.0.cadence == .everyTick }) else { return }
        if load(stretch: stretch) > share {
            if sample.1.count >= Self.leastAnswers { stretch = longerStretch() }
        } else {
            while stretch > 1, load(stretch: stretch - 1) <= share * Self.ease { stretch -= 1 }
        }
        guard stretch == 1 else { return }
        // What is not read any more would stay as it was for ever.
        for index in sources.indices where sources[index].cadence == .betweenSamples { costs[index] = StatementCost() }
    }

    /// The estimated shares of one core, by source: of those that were ever asked in this session.
    var shares: [(source: any Source.Type, ratio: Double)] {
        zip(sources, costs).compactMap { source, cost in
            self.cost(of: source, cost).map { (source, $0 * rate(of: source, cost, stretch: stretch)) }
        }
    }

    /// The estimated share of one core that the agent takes when one sample stands for so many ticks.
    func load(stretch: Int) -> Double {
        zip(sources, costs).reduce(0) { load, each in
            load + (cost(of: each.0, each.1) ?? 0) * rate(of: each.0, each.1, stretch: stretch)
        }
    }

    /// How many samples one read of a source stands for, at the present interval.
    func pace(of source: any Source.Type) -> Int {
        index(of: source).map { Int(pace(of: source, costs[$0], stretch: stretch)) } ?? 1
    }

    /// By its rows, or so that it takes half of the budget at most.
    private func pace(of source: any Source.Type, _ statement: StatementCost, stretch: Int) -> Double {
        guard case .everyTickUpTo = source.cadence else { return 1 }
        let rows = Double(statement.pace)
        guard share > 0, let cost = cost(of: source, statement) else { return rows }
        let ticks = min(cost / (interval * share / 2), longestPace)
        return max(rows, (ticks / Double(stretch)).rounded(.up))
    }

    /// Seconds of the server's time that one statement takes; nil where none was answered.
    private func cost(of source: any Source.Type, _ statement: StatementCost) -> Double? {
        guard let typical = statement.typical else { return nil }
        // Its first answers, dear as they are, must not end the stretch at which it was asked.
        if source.cadence == .betweenSamples, statement.count < Self.leastAnswers { return Self.leastCost }
        return max(0, typical - roundTrip) + Self.leastCost
    }

    /// Statements per second.
    private func rate(of source: any Source.Type, _ cost: StatementCost, stretch: Int) -> Double {
        switch source.cadence {
        case .everyTick: cost.frequency / (interval * Double(stretch))
        case .everyTickUpTo:
            cost.frequency / (interval * Double(stretch) * pace(of: source, cost, stretch: stretch))
        case .everyTickUnstretched: cost.frequency / interval
        case .betweenSamples: Double(stretch - 1) / (interval * Double(stretch))
        case .every(let pause): cost.frequency / max(interval, pause / .seconds(1))
        }
    }

    /// The next factor with which the budget is kept; the longest, if none is.
    private func longerStretch() -> Int {
        let longer = stretch..<max(stretch, longestStretch)
        if let enough = longer.first(where: { load(stretch: $0 + 1) <= share }) { return enough + 1 }
        // What is read between samples may cost as much as they do: then no factor is better than another.
        return load(stretch: longestStretch) < load(stretch: stretch) ? longestStretch : stretch
    }

    private func index(of source: any Source.Type) -> Int? {
        sources.firstIndex { $0 == source }
    }
}
