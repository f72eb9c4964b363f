/// The series of a family that only grow: members of a roster and those that share “other”.
///
/// A member that yields its place vanishes with its total, which is not moved anywhere: to “other” it would be a spike.
/// When it comes back it begins at zero, a reset to whoever takes its rate. “other” keeps what it has.
struct SeriesTable<Value: Sendable>: Sendable {
    /// One series as it stands.
    struct Entry: Sendable {
        var value: Value
        /// When it began at its initial value, in seconds since 1970: what it holds was counted since then. Nil while
        /// no tick has told the time.
        var created: Double?
    }

    let descriptor: FamilyDescriptor
    private let initial: Value
    private var roster: SeriesRoster<Entry>
    /// By labels of which the open ones are “other”.
    private var others: [Labels: Entry] = [:]
    /// What found no place in this tick, with what it added.
    private var newcomers: [Labels: Double] = [:]
    /// The end of the last tick: what appears now was counted since then.
    private var lastTick: Double?
    /// How often a label set was folded.
    private(set) var folded: Double = 0

    init(_ descriptor: FamilyDescriptor, limit: Int, retention: Double, initial: Value) {
        self.descriptor = descriptor
        self.initial = initial
        roster = SeriesRoster(limit: limit, retention: retention)
    }

    var limit: Int { roster.limit }

    subscript(labels: Labels) -> Value? { (roster[labels] ?? others[labels])?.value }

    /// Visits all series, in no order.
    func forEach(_ body: (Labels, Entry) -> Void) {
        for (labels, entry) in roster.all { body(labels, entry) }
        for (labels, entry) in others { body(labels, entry) }
    }

    /// Changes the series of these labels, or the one that it is folded into.
    /// - Parameter size: what it adds; the larger, the sooner a newcomer gets a place. Nil when it only shows itself.
    mutating func update(_ labels: Labels, size: Double?, _ change: (inout Value) -> Void) {
        if roster.see(labels, { change(&$0.value) }) { return }
        let other = descriptor.folding(labels)
        if other == labels {
            // It is called “other” by itself: it must never yield.
            return share(other, change)
        }
        var entry = Entry(value: initial, created: lastTick)
        change(&entry.value)
        if roster.admit(labels, entry) { return }
        // What clients invent within a tick must not grow without end either.
        if newcomers[labels] != nil || newcomers.count < roster.limit { newcomers[labels, default: 0] += size ?? 0 }
        if size != nil { folded += 1 }
        share(other, change)
    }

    /// Changes the series of these labels if it has a place of its own; false if not.
    mutating func updateMember(_ labels: Labels, _ change: (inout Value) -> Void) -> Bool {
        roster.see(labels) { change(&$0.value) }
    }

    /// Changes one of the “others”. The closed labels bound their number; should they not, everything is “other”.
    private mutating func share(_ other: Labels, _ change: (inout Value) -> Void) {
        let place = others[other] != nil || others.count < roster.othersLimit ? other : other.folded
        let initial = Entry(value: initial, created: lastTick)
        change(&others[place, default: initial].value)
    }

    mutating func endTick(at time: Double?) {
        if let time { tell(time) }
        let initial = Entry(value: initial, created: lastTick)
        roster.endTick(admitting: newcomers, as: initial, at: time)
        newcomers.removeAll(keepingCapacity: true)
    }

    /// Tells the time up to which things were counted. What appeared before any time was known began at the first one.
    mutating func tell(_ time: Double) {
        if lastTick == nil {
            roster.changeAll { $0.created = time }
            for labels in others.keys { others[labels]?.created = time }
        }
        lastTick = time
    }

    /// Sets every series back, without a change to who is a member: for what describes the moment.
    mutating func reset() {
        let initial = Entry(value: initial, created: lastTick)
        roster.changeAll { $0 = initial }
        others = [:]
    }
}
