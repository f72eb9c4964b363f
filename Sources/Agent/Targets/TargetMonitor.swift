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
    private let store: SnapshotStore
    private let log: Logger
    private let profile: TargetProfile

    private var session: PostgresSession?
    private var health = TargetHealth()
    private var reader: SourceReader
    private var collectors: [any Collector]
    private var report: TargetReport
    private var version = ""
    /// Sources that failed at their last read: the first failure is worth a line, not each.
    private var failing: Set<String> = []

    init(_ target: TargetConfiguration, index: Int, interval: Duration, store: SnapshotStore, log: Logger) {
        self.index = index
        self.interval = interval
        self.store = store
        profile = target.profile
        opener = SessionOpener(target: target)
        reader = SourceReader(kind: target.kind)
        collectors = Collectors.make(for: profile)
        report = TargetReport(profile: profile, interval: interval)
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
            report.recordSkipped(skipped, of: reader.everyTick)
            do { try await Task.sleep(until: tick, clock: .continuous) } catch { break }
            let started = ContinuousClock.now
            await sample(at: tick)
            if Task.isCancelled { break }
            report.recordTick(seconds: (ContinuousClock.now - started) / .seconds(1))
            publish()
        }
        session?.close()
    }

    /// One tick: connects if need be, picks up a late answer, reads what is due, tells the collectors.
    private mutating func sample(at tick: ContinuousClock.Instant) async {
        let before = (state: health.state, sentence: health.sentence)
        if session == nil, health.mayConnect(at: .now) { await connect() }
        // To connect may have taken longer than the tick; the reads get their time all the same.
        let deadline = max(tick, .now - interval * 0.1) + min(interval * 0.9, Self.longestSample)
        if let session, await isFree(session, until: deadline) { await read(over: session, until: deadline) }
        guard !Task.isCancelled else { return }
        for index in collectors.indices {
            if health.state == .up {
                collectors[index].observe(reader.facts)
            } else {
                collectors[index].miss(health.state)
            }
        }
        logChange(from: before.state, before.sentence)
    }

    private mutating func connect() async {
        do {
            let opened = try await opener.open()
            session = opened.session
            version = opened.version
            health.opened()
            reader.reset()
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
            report.recordSkipped(1, of: reader.everyTick)
            if error.kind != .timeout || !health.unanswered(at: .now) { giveUp(TargetProblem(error)) }
            return false
        }
    }

    private mutating func read(over session: PostgresSession, until deadline: ContinuousClock.Instant) async {
        let readings = await reader.read(over: session, until: deadline)
        let now = Date().timeIntervalSince1970
        for reading in readings {
            report.record(reading, at: now)
            logProblem(of: reading)
        }
        let problem = health.sampled(readings, isPending: session.hasPendingAnswer, at: .now)
        if let problem { giveUp(problem) }
    }

    private mutating func giveUp(_ problem: TargetProblem) {
        session?.close()
        session = nil
        reader.reset()
        health.lost(problem, at: .now, jitter: Double.random(in: 0..<1))
    }

    private func logChange(from state: TargetState, _ sentence: String?) {
        let words = health.sentence ?? ""
        if health.state == .up, state != .up {
            log.info("up: \(profile.kind == .postgres ? "PostgreSQL" : "PgBouncer") \(version)")
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
        var builder = SnapshotBuilder(constant: [Label("target", profile.name)], isUp: health.state == .up)
        for collector in collectors { collector.emit(into: &builder) }
        report.emit(state: health.state, version: version, into: &builder)
        let status = TargetStatus(
            profile: profile, state: health.state, sentence: health.sentence, version: version,
            wasTried: health.state != .connecting)
        store.publish(builder.build(), status, at: index)
    }
}

extension TargetConfiguration {
    /// What collectors may know of the target: no connection string.
    var profile: TargetProfile {
        TargetProfile(
            name: name, kind: kind, cluster: cluster, cores: cores, spindles: spindles)
    }
}
