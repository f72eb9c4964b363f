import Collectors
import Observations

/// Which sources of a target are due at a tick. The time comes in as a value.
struct SourceSchedule {
    typealias Instant = ContinuousClock.Instant

    private let sources: [any Source.Type]
    private var dueAt: [String: Instant] = [:]
    /// Ticks that a stretched source still lets pass.
    private var ticksToPass: [String: Int] = [:]
    private var unavailable: Set<String> = []

    init(kind: TargetKind) {
        // What is due at every tick first: if time runs out, it does so for what can wait.
        let all = Collectors.sources(for: kind)
        sources = all.filter { $0.cadence == .everyTick } + all.filter { $0.cadence != .everyTick }
    }

    /// The sources that are read at every tick; the target is up when the first of them was read.
    var everyTick: [any Source.Type] { sources.filter { $0.cadence == .everyTick } }

    /// A new session starts from nothing.
    mutating func reset() {
        (dueAt, ticksToPass, unavailable) = ([:], [:], [])
    }

    /// Begins a tick and says what is to be read in it, in this order.
    mutating func beginTick(at now: Instant) -> [any Source.Type] {
        sources.filter { source in
            let name = source.name
            guard !unavailable.contains(name) else { return false }
            if let ticks = ticksToPass[name], ticks > 0 {
                ticksToPass[name] = ticks - 1
                return false
            }
            return dueAt[name].map { now >= $0 } ?? true
        }
    }

    /// Takes in an answer of so many rows to a statement sent at `started`.
    mutating func answered(_ source: any Source.Type, rows: Int, started: Instant) {
        switch source.cadence {
        case .everyTick: break
        // A little early rather than a tick late.
        case .every(let pause): dueAt[source.name] = started + pause - .milliseconds(50)
        case .everyTickUpTo: ticksToPass[source.name] = source.cadence.stretch(rows: rows) - 1
        }
    }

    /// The server does not know the command: it is not asked again in this session.
    mutating func isUnavailable(_ source: any Source.Type) {
        unavailable.insert(source.name)
    }
}
