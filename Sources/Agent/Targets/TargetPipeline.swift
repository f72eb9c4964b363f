import Collectors
import Exposition
import Observations

/// One target's way from answers to metrics. It does no I/O and asks no clock: the same events give the same metrics,
/// live or from a recording. Only what the poolers of its cluster say comes from outside, over the board.
struct TargetPipeline {
    private let profile: TargetProfile
    private let board: ClusterBoard
    private(set) var facts = Facts()
    private(set) var version = ""
    private(set) var state = TargetState.connecting
    /// Which limit was full at the last attempt to connect.
    private var refusal: Refusal?
    private var collectors: [any Collector]
    private var report: TargetReport

    init(profile: TargetProfile, interval: Duration, board: ClusterBoard) {
        self.profile = profile
        self.board = board
        collectors = Collectors.make(for: profile)
        report = TargetReport(profile: profile, interval: interval)
    }

    /// Takes in one event; `time` is the agent's wall clock when it happened, in seconds since 1970.
    /// - Returns: What an answer came to; nil for every other event.
    @discardableResult
    mutating func apply(_ event: PipelineEvent, at time: Double) -> SourceReading? {
        switch event {
        case .opened(let version):
            self.version = version
            // A session that was replaced between two ticks: no tick was missed, but the target may be another since.
            if state == .up { miss(.disconnected) }
            facts = Facts()
            refusal = nil
        case .lost:
            facts = Facts()
            refusal = nil
        case .refused(let refusal):
            self.refusal = refusal
        case .skipped(let ticks):
            report.recordSkipped(ticks)
        case .tickBegan:
            facts.beginTick(at: time)
        case .answered(let answer):
            return take(answer, at: time)
        case .omitted(let source):
            facts.forget(source)
        case .tickEnded(let state, let seconds):
            endTick(state, seconds: seconds, at: time)
        }
        return nil
    }

    private mutating func take(_ answer: SourceAnswer, at time: Double) -> SourceReading {
        let reading = read(answer)
        if reading.outcome != .ok { facts.forget(answer.source) }
        report.record(reading, at: time)
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
        report.recordTick(seconds: seconds)
        exchangeLinks(at: time)
        if state == .up {
            for index in collectors.indices { collectors[index].observe(facts) }
        } else {
            miss(state)
        }
    }

    private mutating func miss(_ state: TargetState) {
        let refusal = state == .tooManyConnections ? refusal : nil
        for index in collectors.indices { collectors[index].miss(state, refusal: refusal) }
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

    /// All families after the last event.
    func snapshot() -> Snapshot {
        var builder = SnapshotBuilder(constant: [Label("target", profile.name)], isUp: state == .up)
        for collector in collectors { collector.emit(into: &builder) }
        report.emit(state: state, version: version, into: &builder)
        return builder.build()
    }
}
