/// Which label sets of a family have a series of their own: at most a number, and always the same ones.
///
/// A member stays a member while it is seen. Newcomers take free places. When there is none, a member that was not seen
/// for a while yields its place to the largest newcomer of the tick; nothing leaves without need. The rest shares the
/// series “other”, which never leave.
///
/// The clock is the ticks': a tick counts for at most half of the retention, so that neither a gap in the samples nor a
/// clock that was set makes everybody seem long gone.
package struct SeriesRoster<Value: Sendable>: Sendable {
    private struct Member {
        var value: Value
        var lastSeen: Double

        mutating func see(at clock: Double, _ change: (inout Value) -> Void) {
            lastSeen = clock
            change(&value)
        }
    }

    package let limit: Int
    /// How many seconds a member keeps its place without being seen.
    package let retention: Double
    private var members: [Labels: Member] = [:]
    private var clock = 0.0
    private var lastTick: Double?

    /// - Precondition: the limit is positive, the retention not negative.
    package init(limit: Int, retention: Double) {
        precondition(limit > 0, "a family without series says nothing")
        precondition(retention >= 0, "a retention cannot be negative")
        self.limit = limit
        self.retention = retention
    }

    package var count: Int { members.count }
    /// The most series “other” that there can be beside the members: one for each combination of closed labels, which
    /// ought to be few.
    package var othersLimit: Int { max(limit, 100) }

    package subscript(labels: Labels) -> Value? { members[labels]?.value }

    package var all: some Sequence<(Labels, Value)> { members.lazy.map { ($0.key, $0.value.value) } }

    /// Changes the value of a member, which is thereby seen. Returns false for a label set that is none.
    package mutating func see(_ labels: Labels, _ change: (inout Value) -> Void = { _ in }) -> Bool {
        guard let index = members.index(forKey: labels) else { return false }
        members.values[index].see(at: clock, change)
        return true
    }

    /// Makes a label set a member if there is a free place.
    /// - Precondition: it is none.
    package mutating func admit(_ labels: Labels, _ value: Value) -> Bool {
        guard members.count < limit else { return false }
        precondition(
            members.updateValue(Member(value: value, lastSeen: clock), forKey: labels) == nil, "a member twice")
        return true
    }

    /// Ends a tick: the largest newcomers take what places there are.
    /// - Parameters:
    ///   - newcomers: label sets that were met in this tick and are no members, with their sizes.
    ///   - time: seconds by any clock; without one, a tick counts as a second.
    package mutating func endTick(
        admitting newcomers: [Labels: Double], as value: @autoclosure () -> Value, at time: Double? = nil
    ) {
        if !newcomers.isEmpty {
            let places = limit - members.count
            if places < newcomers.count { yieldPlaces(newcomers.count - places) }
            // Of equals the labels decide: the same samples give the same members.
            let ranked = newcomers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (labels, _) in ranked.prefix(limit - members.count) { _ = admit(labels, value()) }
        }
        let step = time.map { $0 - (lastTick ?? $0) } ?? 1
        if let time { lastTick = time }
        clock += min(max(step, 0), retention / 2)
    }

    /// Removes up to so many members that were not seen for the retention, those first that were not for longest.
    private mutating func yieldPlaces(_ number: Int) {
        let gone = members.filter { clock - $0.value.lastSeen >= retention && $0.value.lastSeen < clock }
            .sorted { ($0.value.lastSeen, $0.key) < ($1.value.lastSeen, $1.key) }
        for (labels, _) in gone.prefix(number) { members[labels] = nil }
    }

    /// Changes every member's value, without seeing any.
    package mutating func changeAll(_ change: (inout Value) -> Void) {
        // Not over `indices`: they hold the members, which would be copied at the first change.
        var index = members.startIndex
        while index < members.endIndex {
            change(&members.values[index].value)
            members.formIndex(after: &index)
        }
    }
}
