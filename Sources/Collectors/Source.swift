import Observations

/// How often a source is read.
package enum Cadence: Sendable, Equatable {
    /// At every tick.
    case everyTick
    /// At the first tick after a connection was made, then when this much time has passed.
    case every(Duration)
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
    /// The statement for this version (`PQserverVersion`: 150018 is 15.18; 0 for PgBouncer).
    static func statement(serverVersion: Int) -> String
    /// Reads the rows, by column name.
    static func decode(_ table: any ResultTable) throws(DecodeError) -> Observation
}

extension Source {
    package static var knownColumns: Set<String>? { nil }
    package static var isOptional: Bool { false }
}

/// What is known of a target at one tick: the latest observation of each source.
package struct Facts: Sendable {
    private var observations: [ObjectIdentifier: any Sendable] = [:]
    private var fresh: Set<ObjectIdentifier> = []

    package init() {}

    /// The latest observation; nil when the source was never read since the connection was made, or failed last.
    package subscript<S: Source>(source: S.Type) -> S.Observation? {
        observations[ObjectIdentifier(source)] as? S.Observation
    }

    /// The observation of this very tick; nil when the source was not due.
    package func fresh<S: Source>(_ source: S.Type) -> S.Observation? {
        fresh.contains(ObjectIdentifier(source)) ? self[source] : nil
    }

    /// Begins a new tick: what is there is no longer fresh.
    package mutating func beginTick() {
        fresh.removeAll(keepingCapacity: true)
    }

    /// Decodes and stores one answer.
    package mutating func store<S: Source>(_ table: any ResultTable, from source: S.Type) throws(DecodeError) {
        set(try S.decode(table), for: source)
    }

    package mutating func set<S: Source>(_ observation: S.Observation, for source: S.Type) {
        observations[ObjectIdentifier(source)] = observation
        fresh.insert(ObjectIdentifier(source))
    }

    /// Forgets a source whose read failed: an old number is never served as a new one.
    package mutating func forget<S: Source>(_ source: S.Type) {
        observations[ObjectIdentifier(source)] = nil
    }
}
