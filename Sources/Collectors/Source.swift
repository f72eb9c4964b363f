import Observations

/// How often a source is read.
package enum Cadence: Sendable, Equatable {
    /// At every sample: at every tick, or at every n-th where the target's budget stretches the interval.
    case everyTick
    /// At every tick, however far the budget stretches the interval: what is cheap, and shows the load at once.
    case everyTickUnstretched
    /// Only at the ticks between two samples, of which there are none unless the budget stretches the interval.
    case betweenSamples
    /// At the first tick after a connection was made, then when this much time has passed.
    case every(Duration)
    /// At every sample while answers have at most this many rows; of n times as many, at every n-th. What a read
    /// costs the target per second is so bounded.
    case everyTickUpTo(rows: Int)

    /// Whether it is part of a tick: read first, and in no other task.
    package var isOfTick: Bool {
        switch self {
        case .everyTick, .everyTickUnstretched, .betweenSamples: true
        case .every, .everyTickUpTo: false
        }
    }

    /// How many samples one read stands for, after an answer of this many rows.
    package func stretch(rows: Int) -> Int {
        guard case .everyTickUpTo(let limit) = self else { return 1 }
        return max(1, (rows + limit - 1) / limit)
    }
}

/// What a source may look at when it makes its statement.
package struct SourceContext: Sendable {
    /// `PQserverVersion`: 150018 is 15.18; 0 for PgBouncer.
    package let serverVersion: Int
    /// What is known of the target, this tick's earlier answers included.
    package let facts: Facts
    /// Whether the user asked for the texts of statements, for a recording. Else none is ever read.
    package let includesQueryText: Bool
    /// Server processes of the agent's other sessions with this target.
    package let otherSessions: [Int32]

    package init(
        serverVersion: Int, facts: Facts = Facts(), includesQueryText: Bool = false, otherSessions: [Int32] = []
    ) {
        self.serverVersion = serverVersion
        self.facts = facts
        self.includesQueryText = includesQueryText
        self.otherSessions = otherSessions
    }
}

/// One read of a target: a statement (or SHOW command) and how its rows become an observation.
///
/// Several collectors may use one source; it is read once.
package protocol Source: SendableMetatype {
    associatedtype Observation: Sendable

    /// The `collector` label of the sampler's own families.
    static var name: String { get }
    static var cadence: Cadence { get }
    /// All columns that are read, for spotting what a newer server added; nil where that makes no sense.
    static var knownColumns: Set<String>? { get }
    /// True for commands that older versions lack: there an error answer means “not available”, not a failure.
    static var isOptional: Bool { get }
    /// The statement for this server at this tick; nil when there is nothing to ask now.
    static func statement(in context: SourceContext) -> String?
    /// Reads the rows, by column name.
    static func decode(_ table: any ResultTable) throws(DecodeError) -> Observation
    /// The same, for those whose rows say the same words at every tick.
    static func decode(
        _ table: any ResultTable, with vocabulary: inout ActivityVocabulary
    ) throws(DecodeError) -> Observation
    /// Applies what the configuration says of the target (label rules) before any collector sees the observation.
    static func refine(_ observation: inout Observation, for target: TargetProfile)
}

extension Source {
    package static var knownColumns: Set<String>? { nil }
    package static var isOptional: Bool { false }
    package static func decode(
        _ table: any ResultTable, with vocabulary: inout ActivityVocabulary
    ) throws(DecodeError) -> Observation {
        try decode(table)
    }
    package static func refine(_ observation: inout Observation, for target: TargetProfile) {}
}

/// What is known of a target at one tick: the latest observation of each source.
package struct Facts: Sendable {
    private var observations: [ObjectIdentifier: any Sendable] = [:]
    private var fresh: Set<ObjectIdentifier> = []
    /// What this tick has read or forgotten.
    private var changed: Set<ObjectIdentifier> = []
    /// The words of this target's sessions.
    private var vocabulary = ActivityVocabulary()
    /// For a server: which client of a watched pooler holds which of its backends.
    package var poolerLinks = PoolerLinks.none
    /// When this tick began by the agent's wall clock, in seconds since 1970: for targets that tell no time of their
    /// own.
    package private(set) var tickBeganAt = 0.0

    package init() {}

    /// The latest observation; nil when the source was never read since the connection was made, or failed last.
    package subscript<S: Source>(source: S.Type) -> S.Observation? {
        observations[ObjectIdentifier(source)] as? S.Observation
    }

    /// The observation of this very tick; nil when the source was not due.
    package func fresh<S: Source>(_ source: S.Type) -> S.Observation? {
        fresh.contains(ObjectIdentifier(source)) ? self[source] : nil
    }

    /// Whether this tick has read or forgotten one of these sources.
    package func haveChanged(_ sources: [any Source.Type]) -> Bool {
        sources.contains { changed.contains(ObjectIdentifier($0)) }
    }

    /// Begins a new tick: what is there is no longer fresh.
    package mutating func beginTick(at time: Double = 0) {
        tickBeganAt = time
        fresh.removeAll(keepingCapacity: true)
        changed.removeAll(keepingCapacity: true)
    }

    /// Decodes and stores one answer.
    package mutating func store<S: Source>(
        _ table: any ResultTable, from source: S.Type, for target: TargetProfile
    ) throws(DecodeError) {
        var observation = try S.decode(table, with: &vocabulary)
        S.refine(&observation, for: target)
        set(observation, for: source)
    }

    package mutating func set<S: Source>(_ observation: S.Observation, for source: S.Type) {
        observations[ObjectIdentifier(source)] = observation
        fresh.insert(ObjectIdentifier(source))
        changed.insert(ObjectIdentifier(source))
    }

    /// Forgets a source whose read failed: an old number is never served as a new one.
    package mutating func forget<S: Source>(_ source: S.Type) {
        observations[ObjectIdentifier(source)] = nil
        changed.insert(ObjectIdentifier(source))
    }
}
