import Observations

/// Remembers which server processes used state of their session during the watch.
///
/// Memory: so many uses.
package struct SessionStateLedger: Sendable {
    package static let limit = 1_000

    private var uses: Set<SessionState> = []
    private var isObserved = false

    package init() {}

    package mutating func observe(_ states: [SessionState]) {
        isObserved = true
        for state in states where uses.count < Self.limit { uses.insert(state) }
    }

    /// What was seen so far; nil before the first look.
    package var seen: [SessionState]? {
        guard isObserved else { return nil }
        return uses.sorted { ($0.pid, $0.kind.rawValue, $0.application) < ($1.pid, $1.kind.rawValue, $1.application) }
    }

    /// Begins a new watch.
    package mutating func turn() { self = SessionStateLedger() }
}
