import Collectors
import ConnectionPool
import Locking
import Observations
import Postgres

/// What may outlast a tick: slow reads and what the guard does, one at a time, each in a task of its own, over whatever
/// session the pool has.
struct SlowLane {
    /// What a task of the lane ends with.
    enum Report: Sendable {
        case answer(SourceAnswer, startedAt: ContinuousClock.Instant, epoch: Set<Int>)
        case acted(GuardReport)
        /// The pool had no session for it.
        case noSession
        /// It is time to go on without the answer.
        case deadline
    }

    private var source: (any Source.Type)?
    private var isActing = false
    /// Whether the read that is under way has lost its session; told before its end is looked at.
    private var loss = Guarded(false)
    /// The deadline that a task waits for already.
    private var armed: ContinuousClock.Instant?

    /// Whether something is under way.
    var isBusy: Bool { source != nil || isActing }

    /// Whether the session of what is under way is there still, as far as is known.
    var holdsSession: Bool { isBusy && !loss.withLock { $0 } }

    func isReading(_ source: any Source.Type) -> Bool { self.source.map { $0 == source } ?? false }

    /// Begins to read.
    /// - Parameter epoch: The sessions of the server that is asked.
    mutating func read(
        _ source: any Source.Type, _ statement: String, kind: TargetKind, from pool: ConnectionPool<TargetSession>,
        epoch: Set<Int>, timeout: Duration, in reads: inout TaskGroup<Report>
    ) {
        self.source = source
        let loss = Guarded(false)
        self.loss = loss
        reads.addTask {
            do {
                return try await pool.withConnection { session in
                    let started = ContinuousClock.now
                    let answer = await SourceReader.answer(
                        to: statement, of: source, kind: kind, over: session.session, timeout: timeout)
                    if answer.hasLostSession { loss.withLock { $0 = true } }
                    return .answer(answer, startedAt: started, epoch: epoch.union([session.serial]))
                }
            } catch {
                return .noSession
            }
        }
    }

    /// Begins to act. What nobody could be asked for comes back untried.
    mutating func act(
        _ actions: [GuardAction], by hand: GuardHand, from pool: ConnectionPool<TargetSession>, within limit: Duration,
        in reads: inout TaskGroup<Report>
    ) {
        isActing = true
        let loss = Guarded(false)
        self.loss = loss
        reads.addTask {
            do {
                return try await pool.withConnection { session in
                    let report = await hand.perform(actions, over: session.session, within: limit)
                    if report.hasLostSession { loss.withLock { $0 = true } }
                    return .acted(report)
                }
            } catch {
                return .acted(GuardReport(untried: actions))
            }
        }
    }

    /// The end of what is under way, or `deadline` if that comes first.
    mutating func next(until deadline: ContinuousClock.Instant, in reads: inout TaskGroup<Report>) async -> Report {
        if armed != deadline {
            armed = deadline
            reads.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                return .deadline
            }
        }
        while let report = await reads.next() {
            guard case .deadline = report else {
                source = nil
                isActing = false
                return report
            }
            // Those of earlier ticks end here, too.
            if deadline <= .now || Task.isCancelled { return report }
        }
        return .deadline
    }
}
