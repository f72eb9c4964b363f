import ConnectionPool
import Testing

/// One event of a state machine in a test; connections and waiters have small numbers.
enum ScriptEvent {
    case start
    /// As the shell does it: an idle connection at once, else the queue.
    case acquire(Int)
    case cancel(Int)
    case opened(Int)
    case openFailed(Int, String)
    case released(Int, ConnectionCondition = .usable)
    case resetDone(Int)
    case resetFailed(Int, CloseReason = .inDoubt)
    case keepAliveDone(Int)
    case keepAliveFailed(Int, CloseReason = .broken)
    case closed(Int)
    case tick
    /// The bound, in seconds.
    case drain(Double)
}

/// A state machine whose events happen at given seconds, and whose actions read as text. Every jitter is 0.5.
struct PoolScript {
    private(set) var machine: PoolStateMachine
    private let origin = PoolTime(nanoseconds: 0)
    private var connections: [Int: ConnectionID] = [:]

    init(_ change: (inout PoolConfiguration) -> Void = { _ in }) {
        var configuration = PoolConfiguration(name: "test")
        change(&configuration)
        machine = PoolStateMachine(configuration)
    }

    /// Runs a table of events, each with the actions that it must lead to.
    mutating func run(
        _ steps: [(seconds: Double, event: ScriptEvent, actions: [String])],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (number, step) in steps.enumerated() {
            let comment = Comment("step \(number + 1): at \(step.seconds) s \(step.event)")
            if case .tick = step.event {
                let due = machine.nextDeadline.map { $0 <= time(step.seconds) } ?? false
                #expect(due, "no tick is due; \(comment)", sourceLocation: sourceLocation)
            }
            let actions = perform(step.event, at: step.seconds)
            #expect(actions == step.actions, comment, sourceLocation: sourceLocation)
            if let exact = machine.exactDeadline() {
                let kept = machine.nextDeadline.map { $0 <= exact } ?? false
                #expect(kept, "a deadline was forgotten; \(comment)", sourceLocation: sourceLocation)
            }
        }
    }

    /// In seconds, to the millisecond; nil: none.
    var nextDeadline: Double? { machine.exactDeadline().map { seconds($0 - origin) } }

    private mutating func perform(_ event: ScriptEvent, at when: Double) -> [String] {
        let now = time(when)
        switch event {
        case .start: return describe(machine.start(at: now))
        case .acquire(let waiter):
            let lease = LeaseOrigin(fileID: "Test/Waiter.swift", line: waiter)
            if let id = machine.lendIdle(origin: lease, at: now) { return ["lend \(id.serial) at once"] }
            return describe(machine.acquire(WaiterID(serial: waiter), origin: lease, at: now))
        case .cancel(let waiter): return describe(machine.cancel(WaiterID(serial: waiter), at: now))
        case .opened(let id): return describe(machine.opened(connection(id), at: now, jitter: 0.5))
        case .openFailed(let id, let text):
            return describe(machine.openFailed(connection(id), FakeError(text), at: now, jitter: 0.5))
        case .released(let id, let condition): return describe(machine.released(connection(id), condition, at: now))
        case .resetDone(let id): return describe(machine.resetDone(connection(id), at: now))
        case .resetFailed(let id, let reason): return describe(machine.resetFailed(connection(id), reason, at: now))
        case .keepAliveDone(let id): return describe(machine.keepAliveDone(connection(id), at: now))
        case .keepAliveFailed(let id, let reason):
            return describe(machine.keepAliveFailed(connection(id), reason, at: now))
        case .closed(let id): return describe(machine.closed(connection(id), at: now))
        case .tick: return describe(machine.tick(at: now))
        case .drain(let bound): return describe(machine.drain(by: now + .seconds(bound), at: now))
        }
    }

    private func time(_ seconds: Double) -> PoolTime { origin + .milliseconds(Int(seconds * 1_000)) }

    private func seconds(_ duration: Duration) -> Double {
        (Double(duration.components.seconds) * 1e3 + (Double(duration.components.attoseconds) / 1e15).rounded()) / 1e3
    }

    private func connection(_ serial: Int) -> ConnectionID {
        guard let id = connections[serial] else { preconditionFailure("connection \(serial) was not opened") }
        return id
    }

    private mutating func describe(_ actions: [PoolAction]) -> [String] {
        actions.map { action in
            switch action {
            case .open(let id):
                connections[id.serial] = id
                return "open \(id.serial)"
            case .lend(let id, let waiter, let waited):
                return "lend \(id.serial) to \(waiter.serial) after \(seconds(waited))"
            case .fail(let waiter, let refusal):
                let cause = refusal.cause.map { " (\($0))" } ?? ""
                return "fail \(waiter.serial) \(refusal.code)\(cause) after \(seconds(refusal.waited))"
            case .reset(let id): return "reset \(id.serial)"
            case .keepAlive(let id): return "keepAlive \(id.serial)"
            case .close(let id, let reason): return "close \(id.serial) \(reason)"
            case .cancelLease(let id): return "cancel lease \(id.serial)"
            case .reportLeak(let origin, let held): return "leak of \(origin.line) after \(seconds(held))"
            case .stopJobs: return "stop jobs"
            case .finish: return "finish"
            }
        }
    }
}
