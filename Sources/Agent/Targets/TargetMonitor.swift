import Collectors
import Exposition
import Foundation
import Logging
import Observations
import Postgres

/// Watches one target: a tick, a sample, a snapshot, for as long as the task runs.
struct TargetMonitor {
    /// How long a statement may stay unanswered before its session is given up. Until then the session is kept: on a
    /// full server it could not be had again.
    static let patience: Duration = .seconds(15)
    /// The longest time that one tick's reads may take.
    static let longestSample: Duration = .seconds(10)

    private let index: Int
    private let interval: Duration
    private let opener: SessionOpener
    private let store: SnapshotStore
    private let log: Logger
    private let profile: TargetProfile

    private var session: PostgresSession?
    private var pendingSince: ContinuousClock.Instant?
    private var nextAttempt = ContinuousClock.now
    private var backoff = Backoff()
    private var reader: SourceReader
    private var collectors: [any Collector]
    private var report: TargetReport
    private var state = TargetState.connecting
    private var sentence: String?
    private var version = ""

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
            await sample(until: tick + min(interval * 0.9, Self.longestSample))
            if Task.isCancelled { break }
            report.recordTick(seconds: (ContinuousClock.now - started) / .seconds(1))
            publish()
        }
        session?.close()
    }

    /// One tick: connects if need be, picks up a late answer, reads what is due.
    private mutating func sample(until deadline: ContinuousClock.Instant) async {
        if session == nil, ContinuousClock.now >= nextAttempt { await connect() }
        guard let session, await isAnswered(session, until: deadline) else {
            for index in collectors.indices { collectors[index].miss(state) }
            return
        }
        let readings = await reader.read(over: session, until: deadline)
        let now = Date().timeIntervalSince1970
        for reading in readings {
            report.record(reading, at: now)
            logProblem(of: reading)
        }
        if session.hasPendingAnswer { pendingSince = pendingSince ?? .now }
        conclude(readings)
    }

    /// Whether the session is free: a statement of an earlier tick may still be under way.
    private mutating func isAnswered(_ session: PostgresSession, until deadline: ContinuousClock.Instant) async -> Bool
    {
        guard session.hasPendingAnswer else { return true }
        do {
            try await session.finishPending(timeout: max(deadline - .now, .milliseconds(1)))
            pendingSince = nil
            return true
        } catch {
            if error.kind == .timeout, ContinuousClock.now - (pendingSince ?? .now) < Self.patience {
                report.recordSkipped(1, of: reader.everyTick)
                change(to: .timeout, "the last statement has not been answered yet")
            } else {
                lose(TargetProblem(state: TargetState(error), sentence: error.message))
            }
            return false
        }
    }

    private mutating func connect() async {
        do {
            let opened = try await opener.open()
            session = opened.session
            version = opened.version
            pendingSince = nil
            reader.reset()
            if let warning = opened.warning { log.warning("\(warning)") }
        } catch {
            guard !Task.isCancelled else { return }
            lose(error)
        }
    }

    /// Decides the state from what the tick's reads came to, and feeds the collectors.
    private mutating func conclude(_ readings: [SourceReading]) {
        if let lost = readings.compactMap(\.error).first(where: \.isConnectionLost) {
            lose(TargetProblem(state: TargetState(lost), sentence: lost.message))
        } else if let primary = readings.first, primary.outcome != .ok {
            let state = primary.error.map { TargetState($0) } ?? .disconnected
            change(to: state, primary.problem ?? "\(primary.source.name) could not be read")
        } else {
            backoff.reset()
            change(to: .up, nil)
        }
        for index in collectors.indices {
            if state == .up { collectors[index].observe(reader.facts) } else { collectors[index].miss(state) }
        }
    }

    /// Gives the session up and plans the next attempt.
    private mutating func lose(_ problem: TargetProblem) {
        session?.close()
        session = nil
        pendingSince = nil
        reader.reset()
        nextAttempt = .now + backoff.pauseAfterFailure(jitter: Double.random(in: 0..<1))
        change(to: problem.state, problem.sentence)
    }

    private mutating func change(to newState: TargetState, _ newSentence: String?) {
        if newState != state {
            if newState == .up {
                log.info("up: \(profile.kind == .postgres ? "PostgreSQL" : "PgBouncer") \(version)")
            } else {
                log.warning("\(newState.rawValue): \(newSentence ?? "")")
            }
        } else if newSentence != sentence, let newSentence {
            log.debug("\(newState.rawValue): \(newSentence)")
        }
        (state, sentence) = (newState, newSentence)
    }

    /// A source that fails while the target is up is worth a line; the target's own state is logged where it changes.
    private func logProblem(of reading: SourceReading) {
        guard let problem = reading.problem, reading.error?.isConnectionLost != true else { return }
        log.debug("\(reading.source.name) could not be read: \(problem)")
    }

    private func publish() {
        var builder = SnapshotBuilder(constant: [Label("target", profile.name)], isUp: state == .up)
        for collector in collectors { collector.emit(into: &builder) }
        report.emit(state: state, version: version, into: &builder)
        let status = TargetStatus(
            profile: profile, state: state, sentence: sentence, version: version, wasTried: state != .connecting)
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
