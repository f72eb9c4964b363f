import Collectors
import Exposition
import Foundation
import Logging
import Observations
import Postgres

/// Watches one target: a tick, a sample, a snapshot, for as long as the task runs.
struct TargetMonitor {
    /// The longest time that one tick's reads may take.
    static let longestSample: Duration = .seconds(10)

    private let index: Int
    private let interval: Duration
    private let opener: SessionOpener
    private let outlets: SampleOutlets
    private let log: Logger
    private let profile: TargetProfile

    private var session: PostgresSession?
    private var health = TargetHealth()
    private var schedule: SourceSchedule
    private var pipeline: TargetPipeline
    /// Sources that failed at their last read: the first failure is worth a line, not each.
    private var failing: Set<String> = []

    init(_ target: TargetConfiguration, index: Int, interval: Duration, outlets: SampleOutlets, log: Logger) {
        self.index = index
        self.interval = interval
        self.outlets = outlets
        profile = target.profile
        opener = SessionOpener(target: target)
        schedule = SourceSchedule(kind: target.kind)
        pipeline = TargetPipeline(profile: profile, interval: interval, board: outlets.board)
        var log = log
        log[metadataKey: "target"] = "\(target.name)"
        self.log = log
    }

    /// Runs until the task is cancelled; then the session is closed politely.
    mutating func run() async {
        var ticker = Ticker(start: .now, interval: interval)
        publish()
        while !Task.isCancelled {
            let (tick, skipped) = ticker.next(now: .now)
            if skipped > 0 { feed(.skipped(ticks: skipped)) }
            do { try await Task.sleep(until: tick, clock: .continuous) } catch { break }
            let started = ContinuousClock.now
            let before = (state: health.state, sentence: health.sentence)
            await sample(at: tick)
            if Task.isCancelled { break }
            logChange(from: before.state, before.sentence)
            feed(.tickEnded(health.state, seconds: (ContinuousClock.now - started) / .seconds(1)))
            publish()
        }
        session?.close()
    }

    /// One tick: connects if need be, picks up a late answer, reads what is due.
    private mutating func sample(at tick: ContinuousClock.Instant) async {
        if session == nil, health.mayConnect(at: .now) { await connect() }
        // To connect may have taken longer than the tick; the reads get their time all the same.
        let deadline = max(tick, .now - interval * 0.1) + min(interval * 0.9, Self.longestSample)
        if let session, await isFree(session, until: deadline) { await read(over: session, until: deadline) }
    }

    private mutating func connect() async {
        do {
            let opened = try await opener.open()
            session = opened.session
            health.opened()
            schedule.reset()
            feed(.opened(version: opened.version))
            if let warning = opened.warning { log.warning("\(warning)") }
        } catch {
            giveUp(error)
        }
    }

    /// Whether the session can be used: a statement of an earlier tick may still be under way.
    private mutating func isFree(_ session: PostgresSession, until deadline: ContinuousClock.Instant) async -> Bool {
        guard session.hasPendingAnswer else { return true }
        do {
            try await session.finishPending(timeout: max(deadline - .now, .milliseconds(1)))
            return true
        } catch {
            feed(.skipped(ticks: 1))
            if error.kind != .timeout || !health.unanswered(at: .now) { giveUp(TargetProblem(error)) }
            return false
        }
    }

    /// Reads what is due, and stops at the first source that does not answer in time or loses the session.
    private mutating func read(over session: PostgresSession, until deadline: ContinuousClock.Instant) async {
        feed(.tickBegan)
        let started = ContinuousClock.now
        var readings: [SourceReading] = []
        for source in schedule.beginTick(at: started) {
            let context = SourceContext(
                serverVersion: session.serverVersion, facts: pipeline.facts,
                includesQueryText: outlets.includesQueryText)
            guard let statement = source.statement(in: context) else {
                feed(.omitted(source))
                continue
            }
            let answer = await SourceReader.answer(
                to: statement, of: source, kind: profile.kind, over: session,
                timeout: max(deadline - .now, .milliseconds(1)))
            guard let reading = feed(.answered(answer)) else { continue }
            if reading.outcome == .ok { schedule.answered(source, rows: reading.rows, started: started) }
            if answer.failure == .skipped { schedule.isUnavailable(source) }
            readings.append(reading)
            logProblem(of: reading)
            if reading.outcome == .timeout || reading.error?.isConnectionLost == true { break }
        }
        let problem = health.sampled(readings, isPending: session.hasPendingAnswer, at: .now)
        if let problem { giveUp(problem) }
    }

    /// Everything that the metrics are made from passes here.
    @discardableResult
    private mutating func feed(_ event: PipelineEvent) -> SourceReading? {
        let time = Date().timeIntervalSince1970
        outlets.tap?.record(TimedEvent(target: index, time: time, event: event))
        return pipeline.apply(event, at: time)
    }

    private mutating func giveUp(_ problem: TargetProblem) {
        session?.close()
        session = nil
        schedule.reset()
        feed(.lost)
        if let refusal = problem.refusal { feed(.refused(refusal)) }
        health.lost(problem, at: .now, jitter: Double.random(in: 0..<1))
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
        outlets.store.publish(pipeline.snapshot(), status, at: index)
    }
}

/// Where a target's samples go, and what the targets share.
struct SampleOutlets: Sendable {
    let store: SnapshotStore
    let board: ClusterBoard
    var tap: (any SampleTap)?
    /// Whether the tap wants the texts of statements.
    var includesQueryText = false
}

extension TargetConfiguration {
    /// What collectors may know of the target: no connection string.
    var profile: TargetProfile {
        TargetProfile(
            name: name, kind: kind, cluster: cluster, cores: cores, spindles: spindles, rules: rules)
    }
}
