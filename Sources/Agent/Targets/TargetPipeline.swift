import Advisor
import Collectors
import Exposition
import Observations

/// One target's way from answers to metrics. It does no I/O and asks no clock: the same events give the same metrics,
/// live or from a recording. Only what the poolers of its cluster say comes from outside, over the board.
struct TargetPipeline: Sendable {
    private let profile: TargetProfile
    private let board: ClusterBoard
    private(set) var facts = Facts()
    private(set) var version = ""
    private(set) var state = TargetState.connecting
    /// Which limit was full at the last attempt to connect.
    private var refusal: Refusal?
    private var collectors: [any Collector]
    /// What each of them reads.
    private let collectorSources: [[any Source.Type]]
    /// Whether the collectors know all facts up to the last tick.
    private var isObserved = false
    private var report: TargetReport
    private var budget: ServerBudget
    private var advice: TargetAdvice
    /// Sources that this session has been asked for, whatever they answered.
    private var asked: Set<String> = []
    /// What this tick's answers came to: told at its end, with the families that are made from them.
    private var readings: [(reading: SourceReading, pace: Int, time: Double)] = []
    /// Whether the session was replaced by another since the last tick.
    private var isReplaced = false

    init(profile: TargetProfile, interval: Duration, board: ClusterBoard, advice: AdviceRules = AdviceRules()) {
        self.profile = profile
        self.board = board
        collectors = Collectors.make(for: profile)
        collectorSources = Collectors.sourcesOfEach(profile.kind)
        budget = ServerBudget(
            share: profile.rules.serverBudget, interval: interval, sources: Collectors.sources(for: profile.kind))
        report = TargetReport(profile: profile, interval: interval)
        self.advice = TargetAdvice(profile: profile, rules: advice, board: board.advice)
    }

    /// How many ticks one sample is to stand for, so that the server's budget is kept.
    var stretch: Int { budget.stretch }

    /// How many samples one read of a source is to stand for.
    func pace(of source: any Source.Type) -> Int { budget.pace(of: source) }

    /// Takes in one event; `time` is the agent's wall clock when it happened, in seconds since 1970.
    /// - Returns: What an answer came to; nil for every other event.
    @discardableResult
    mutating func apply(_ event: PipelineEvent, at time: Double) -> SourceReading? {
        switch event {
        case .opened(let version):
            self.version = version
            // A session that was replaced between two ticks: no tick was missed, but the target may be another since.
            isReplaced = state == .up
            (facts, refusal, isObserved, asked) = (Facts(), nil, false, [])
            budget.beginSession()
        case .lost:
            (facts, refusal, isObserved, asked) = (Facts(), nil, false, [])
        case .refused(let refusal):
            self.refusal = refusal
        case .skipped(let ticks):
            report.recordSkipped(ticks, stretch: stretch)
        case .tickBegan:
            facts.beginTick(at: time)
        case .answered(let answer):
            return take(answer, at: time)
        case .omitted(let source):
            facts.forget(source)
            budget.omitted(source)
            asked.insert(source.name)
        case .tickEnded(let state, let seconds):
            endTick(state, seconds: seconds, at: time)
        }
        return nil
    }

    private mutating func take(_ answer: SourceAnswer, at time: Double) -> SourceReading {
        let reading = read(answer)
        asked.insert(answer.source.name)
        if reading.outcome != .ok { facts.forget(answer.source) }
        switch answer.result {
        case .success(let table):
            budget.answered(answer.source, in: answer.duration / .seconds(1), rows: table.rowCount)
        case .failure:
            // How long a statement ran that failed says nothing of what it costs.
            if reading.outcome == .skipped { budget.dropped(answer.source) }
        }
        readings.append((reading, budget.pace(of: answer.source), time))
        return reading
    }

    private mutating func read(_ answer: SourceAnswer) -> SourceReading {
        func reading(_ outcome: SourceOutcome) -> SourceReading {
            SourceReading(source: answer.source, outcome: outcome, duration: answer.duration)
        }
        switch answer.result {
        case .failure(let error):
            var reading = reading(answer.failure ?? .error)
            if reading.outcome != .skipped { (reading.error, reading.problem) = (error, error.message) }
            return reading
        case .success(let table):
            do throws(DecodeError) {
                try facts.store(table, from: answer.source, for: profile)
            } catch {
                var reading = reading(.error)
                reading.problem = error.description
                return reading
            }
            var reading = reading(.ok)
            reading.rows = table.rowCount
            if let known = answer.source.knownColumns {
                reading.unknownColumns = table.unknownNumericColumns(known: known).count
            }
            return reading
        }
    }

    private mutating func endTick(_ state: TargetState, seconds: Double, at time: Double) {
        self.state = state
        if isReplaced { miss(.disconnected) }
        isReplaced = false
        for (reading, pace, time) in readings { report.record(reading, pace: pace, at: time) }
        readings.removeAll(keepingCapacity: true)
        if state == .up { budget.endTick() }
        report.recordTick(seconds: seconds, stretch: stretch)
        exchangeLinks(at: time)
        if state == .up {
            for index in collectors.indices where !isObserved || facts.haveChanged(collectorSources[index]) {
                // Between samples most have nothing new, and what they know they keep.
                collectors[index].observe(facts)
            }
            let collectors = collectors
            advice.observe(facts, asked: asked, leaks: { Self.leaks(collectors) }, at: time)
        } else {
            miss(state)
            advice.miss(state, refusal: state == .tooManyConnections ? refusal : nil, at: time)
        }
        isObserved = state == .up
    }

    private mutating func miss(_ state: TargetState) {
        let refusal = state == .tooManyConnections ? refusal : nil
        for index in collectors.indices { collectors[index].miss(state, refusal: refusal) }
    }

    /// Connections that leak; nil while that is not known.
    private static func leaks(_ collectors: [any Collector]) -> [LeakedConnections]? {
        collectors.lazy.compactMap { $0 as? LeaksCollector }.first?.leaked.map { leaks in
            leaks.map {
                LeakedConnections(
                    database: $0.labels["datname"] ?? "", application: $0.labels["application_name"] ?? "",
                    count: $0.count)
            }
        }
    }

    /// A pooler tells its cluster who holds which backend; a server asks.
    private mutating func exchangeLinks(at time: Double) {
        guard let cluster = profile.cluster else { return }
        switch profile.kind {
        case .pgbouncer:
            let links = state == .up ? PoolerLinks(facts) : nil
            board.publish(links, cluster: cluster, target: profile.name, at: time)
        case .postgres:
            facts.poolerLinks = board.links(cluster: cluster, at: time)
        }
    }

    /// How full the pools are, by the labels of the families that say so.
    var saturations: [Labels: Double] {
        var all: [Labels: Double] = [:]
        for collector in collectors {
            for (labels, ratio) in collector.saturations { all[labels.adding("target", profile.name)] = ratio }
        }
        return all
    }

    /// An empty builder of this target's snapshots. What it remembers from one to the next makes them cheaper, and
    /// changes nothing.
    func makeBuilder() -> SnapshotBuilder {
        SnapshotBuilder(constant: [Label("target", profile.name)], isUp: false)
    }

    /// Makes all families as they are after the last tick. Within a tick they stay as they were, but for the version of a
    /// new session, the ticks that were skipped and the estimate of the server's cost.
    /// - Parameter more: Adds what is not made from events.
    func snapshot(into builder: inout SnapshotBuilder, _ more: (inout SnapshotBuilder) -> Void = { _ in }) -> Snapshot {
        builder.beginTick(isUp: state == .up)
        for collector in collectors { collector.emit(into: &builder) }
        advice.emit(into: &builder)
        report.emit(state: state, version: version, into: &builder)
        if budget.share > 0 {
            builder.add(SamplerFamilies.serverBudget, .none, budget.share, evenWhenDown: true)
        }
        for (source, ratio) in budget.shares {
            builder.add(SamplerFamilies.serverCost, ["collector": source.name], ratio)
        }
        more(&builder)
        return builder.build()
    }

    /// The same for whoever asks once.
    func snapshot() -> Snapshot {
        var builder = makeBuilder()
        return snapshot(into: &builder)
    }
}
