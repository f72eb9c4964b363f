import Collectors
import ConnectionPool
import Exposition
import Logging
import Observations
import Postgres

/// Watches one target: a tick, a sample, a snapshot, for as long as the task runs.
///
/// A tick's own sources are read over one session of the target's pool. What is read less often follows in the slow
/// lane: usually over the same session within the same tick; while such a read takes longer, it keeps its session, the
/// ticks go on over a second one, and its answer counts in the tick in which it comes. What the guard does goes the same
/// way.
struct TargetMonitor {
    /// The longest time that one tick's reads may take.
    static let longestSample: Duration = .seconds(10)

    private let index: Int
    private let interval: Duration
    private let pool: ConnectionPool<TargetSession>
    private let outlets: SampleOutlets
    private let log: Logger
    private let profile: TargetProfile

    private var health = TargetHealth()
    private var schedule: SourceSchedule
    private let pipeline: SharedPipeline
    private var slowLane = SlowLane()
    /// Nil where it is off.
    private var guardian: TargetGuard?
    private let started = ContinuousClock.now
    /// The sessions that see the same server as the one that `opened` was said of; empty without one.
    private var serials: Set<Int> = []
    /// `PQserverVersion` of these.
    private var serverVersion = 0
    /// What `lost` was said for last, until the target is up again: each problem is told once.
    private var problem: TargetProblem?
    /// Whether a tick's own statement was not answered in time.
    private var isUnanswered = false
    /// Sources that failed at their last read: the first failure is worth a line, not each.
    private var failing: Set<String> = []

    init(
        _ target: TargetConfiguration, index: Int, interval: Duration, pool: ConnectionPool<TargetSession>,
        outlets: SampleOutlets, log: Logger
    ) {
        self.index = index
        self.interval = interval
        self.pool = pool
        self.outlets = outlets
        profile = target.profile
        schedule = SourceSchedule(
            kind: target.kind, others: outlets.otherSources[target.kind] ?? [], longestPause: outlets.longestPause)
        var advice = outlets.advice
        advice.memoryBytes = target.memoryBytes.map(Double.init)
        pipeline = SharedPipeline(
            TargetPipeline(profile: profile, interval: interval, board: outlets.board, advice: advice))
        var log = log
        log[metadataKey: "target"] = "\(target.name)"
        self.log = log
        guardian = outlets.guardLogs.flatMap { TargetGuard(target, logs: $0, log: log) }
    }

    /// How long the reads of one tick may take.
    static func allowance(_ interval: Duration) -> Duration { min(interval * 0.9, longestSample) }

    /// Runs until the task is cancelled; then the sessions are closed politely.
    mutating func run() async {
        let pool = pool
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            await withTaskGroup(of: SlowLane.Report.self) { reads in
                await watch(&reads)
                reads.cancelAll()
            }
            group.cancelAll()
        }
    }

    private mutating func watch(_ reads: inout TaskGroup<SlowLane.Report>) async {
        var ticker = Ticker(start: .now, interval: interval)
        publish()
        while !Task.isCancelled {
            let (tick, skipped) = ticker.next(now: .now)
            if skipped > 0 { feed(.skipped(ticks: skipped)) }
            do { try await SteadySleep.until(tick) } catch { break }
            let started = ContinuousClock.now
            let before = (state: health.state, sentence: health.sentence, stretch: pipeline.stretch)
            await sample(at: tick, &reads)
            if Task.isCancelled { break }
            let now = uptime
            if health.state != .up { guardian?.interrupt(at: now) }
            logChange(from: before.state, before.sentence)
            feed(.tickEnded(health.state, seconds: (ContinuousClock.now - started) / .seconds(1)))
            logStretch(from: before.stretch)
            publish()
        }
    }

    /// One tick: reads what is due, as far as there is a session.
    private mutating func sample(at tick: ContinuousClock.Instant, _ reads: inout TaskGroup<SlowLane.Report>) async {
        guard !isStillUnanswered() else {
            feed(.skipped(ticks: 1))
            health.unanswered()
            return
        }
        var due: [any Source.Type] = []
        do {
            try await pool.withConnection { session in
                meet(session)
                // Of a target that was away, what the last sample said is over.
                due = schedule.beginTick(at: .now, stretch: pipeline.stretch, mustSample: health.state != .up)
                // To get a session may have taken longer than the tick; the reads get their time all the same.
                let deadline = max(tick, .now - interval * 0.1) + Self.allowance(interval)
                await read(due.filter { $0.cadence.isOfTick }, over: session, until: deadline)
            }
            guard health.state == .up else { return }
            let now = uptime
            if guardian != nil {
                let facts = pipeline.facts
                guardian?.observe(facts, at: now, wallTime: WallTime.now)
            }
            let deadline = tick + Self.allowance(interval)
            await readSlow(due.filter { !$0.cadence.isOfTick }, until: deadline, &reads)
        } catch let error as PoolError {
            if let problem = TargetProblem(error) { giveUp(problem) } else { health.isWithoutSession() }
        } catch {
            log.error("\(error)")
        }
    }

    /// The session of a tick's own statement stays in its pool until the answer has come: none is opened beside it.
    private mutating func isStillUnanswered() -> Bool {
        isUnanswered = isUnanswered && pool.statistics.busy > 0
        return isUnanswered
    }

    /// Finds out whether a session is a new beginning, or a second one with the server that is known.
    private mutating func meet(_ session: borrowing TargetSession) {
        guard !serials.contains(session.serial) else { return }
        let isSecond = problem == nil && !serials.isEmpty && slowLane.holdsSession
        if !isSecond {
            if problem == nil, !serials.isEmpty { feed(.lost) }
            serials = []
            schedule.reset()
            serverVersion = session.session.serverVersion
            feed(.opened(version: session.version))
            if let warning = session.warning { log.warning("\(warning)") }
        }
        serials.insert(session.serial)
    }

    /// Reads a tick's own sources, and stops at the first that does not answer in time or loses the session.
    private mutating func read(
        _ sources: [any Source.Type], over session: borrowing TargetSession, until deadline: ContinuousClock.Instant
    ) async {
        feed(.tickBegan)
        var readings: [SourceReading] = []
        for source in sources {
            guard let statement = statement(for: source, otherSessions: session.otherProcesses) else { continue }
            let started = ContinuousClock.now
            let answer = await SourceReader.answer(
                to: statement, of: source, kind: profile.kind, over: session.session,
                timeout: max(deadline - .now, .milliseconds(1)))
            guard let reading = take(answer, startedAt: started) else { continue }
            readings.append(reading)
            if reading.outcome == .timeout || reading.error?.isConnectionLost == true { break }
        }
        isUnanswered = session.session.hasPendingAnswer
        if let lost = health.sampled(readings) { giveUp(lost) } else if health.state == .up { problem = nil }
    }

    /// Does what the guard has decided, and reads what is due less often, one after another, until the deadline.
    private mutating func readSlow(
        _ due: [any Source.Type], until deadline: ContinuousClock.Instant, _ reads: inout TaskGroup<SlowLane.Report>
    ) async {
        var due = due.filter { !slowLane.isReading($0) }[...]
        while !Task.isCancelled {
            if !slowLane.isBusy, deadline > .now, let guardian, guardian.hasOrders {
                slowLane.act(
                    self.guardian?.takeOrders() ?? [], by: guardian.hand, from: pool, within: Self.longestSample,
                    in: &reads)
            }
            if !slowLane.isBusy {
                guard deadline > .now, let source = due.popFirst() else { return }
                guard let statement = statement(for: source) else { continue }
                slowLane.read(
                    source, statement, kind: profile.kind, from: pool, epoch: serials, timeout: Self.longestSample,
                    in: &reads)
            }
            switch await slowLane.next(until: deadline, in: &reads) {
            case .deadline: return
            case .acted(let report):
                let now = uptime
                guardian?.conclude(report, at: now)
            // No session for it: it stays due.
            case .noSession: return
            case .answer(let answer, let started, let epoch):
                // What was asked of a server that is gone says nothing of this one.
                guard !epoch.isDisjoint(with: serials) else { continue }
                take(answer, startedAt: started)
            }
        }
    }

    /// Nil when the source has nothing to ask now.
    private mutating func statement(for source: any Source.Type, otherSessions: [Int32] = []) -> String? {
        let context = SourceContext(
            serverVersion: serverVersion, facts: pipeline.facts, includesQueryText: outlets.includesQueryText,
            otherSessions: otherSessions)
        let statement = source.statement(in: context)
        if statement == nil { feed(.omitted(source)) }
        return statement
    }

    @discardableResult
    private mutating func take(_ answer: SourceAnswer, startedAt started: ContinuousClock.Instant) -> SourceReading? {
        guard let reading = feed(.answered(answer)) else { return nil }
        if reading.outcome == .ok {
            schedule.answered(answer.source, pace: pipeline.pace(of: answer.source), started: started)
        }
        if answer.failure == .skipped { schedule.isUnavailable(answer.source) }
        logProblem(of: reading)
        return reading
    }

    /// Everything that the metrics are made from passes here.
    @discardableResult
    private mutating func feed(_ event: PipelineEvent) -> SourceReading? {
        let time = WallTime.now
        outlets.tap?.record(TimedEvent(target: index, time: time, event: event))
        return pipeline.apply(event, at: time)
    }

    /// In seconds, for what counts times of its own.
    private var uptime: Double { (ContinuousClock.now - started) / .seconds(1) }

    private mutating func giveUp(_ problem: TargetProblem) {
        health.lost(problem)
        guard problem != self.problem else { return }
        self.problem = problem
        serials = []
        isUnanswered = false
        schedule.reset()
        feed(.lost)
        if let refusal = problem.refusal { feed(.refused(refusal)) }
    }

    private func logChange(from state: TargetState, _ sentence: String?) {
        let words = health.sentence ?? ""
        if health.state == .up, state != .up {
            log.info("up: \(profile.kind == .postgres ? "PostgreSQL" : "PgBouncer") \(pipeline.version)")
        } else if health.state != state {
            log.warning("\(health.state.rawValue): \(words)")
        } else if health.sentence != sentence {
            log.debug("\(health.state.rawValue): \(words)")
        }
    }

    /// That a budget begins or ceases to stretch the interval is worth a line, not each step.
    private func logStretch(from stretch: Int) {
        let present = pipeline.stretch
        guard present != stretch else { return }
        let level: Logger.Level = stretch == 1 || present == 1 ? .info : .debug
        let pause = DurationText.format(interval * present)
        log.log(level: level, "sampled every \(pause), so that the server's cost keeps within server_budget")
    }

    /// A source that fails while the target is up is worth a line; the target's own state is logged where it changes.
    private mutating func logProblem(of reading: SourceReading) {
        let name = reading.source.name
        guard reading.outcome != .ok else {
            failing.remove(name)
            return
        }
        guard let problem = reading.problem, reading.error?.isConnectionLost != true else { return }
        let isNew = failing.insert(name).inserted
        log.log(level: isNew ? .warning : .debug, "\(name) could not be read: \(problem)")
    }

    private func publish() {
        let status = TargetStatus(
            profile: profile, state: health.state, sentence: health.sentence, version: pipeline.version,
            wasTried: health.state != .connecting)
        let sessions =
            outlets.showsSessions && health.state == .up && profile.kind == .postgres
            ? SessionDetails(pipeline.facts, target: profile.name) : .none
        outlets.status?.record(pipeline.saturations, at: WallTime.now)
        outlets.store.publish(status, sessions, at: index) { [pipeline, guardian] in
            pipeline.snapshot { guardian?.emit(into: &$0) }
        }
    }
}

/// Where a target's samples go, and what the targets share.
struct SampleOutlets: Sendable {
    let store: SnapshotStore
    /// Remembers how full the pools were; nil where nobody looks.
    var status: StatusBoard?
    let board: ClusterBoard
    var tap: (any SampleTap)?
    /// Whether the tap wants the texts of statements.
    var includesQueryText = false
    /// Where guards write down what they do; nil where nobody is guarded, whatever the configuration says.
    var guardLogs: GuardLogs?
    /// What is read besides what the collectors need.
    var otherSources: [TargetKind: [any Source.Type]] = [:]
    /// What is read seldom is read this often all the same.
    var longestPause: Duration?
    /// Whether single sessions are published, for those who may see them.
    var showsSessions = false
    /// How often checks are evaluated, and what sleeps.
    var advice = AdviceRules()
}

extension TargetConfiguration {
    /// What collectors may know of the target: no connection string.
    var profile: TargetProfile {
        TargetProfile(
            name: name, kind: kind, cluster: cluster, cores: cores, spindles: spindles, rules: rules)
    }
}
