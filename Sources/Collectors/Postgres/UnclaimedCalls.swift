/// Calls that the server counted and no observed statement has claimed yet.
///
/// A call is claimed when the statement that it was is found: its time leaves the sums of its batch.
struct UnclaimedCalls: Sendable {
    /// The call that a statement was.
    struct Claim {
        /// The server's time for it.
        let time: Double
        /// What it was taken out of.
        let batch: Batch
    }

    /// The calls of one statement that one read counted.
    struct Batch: Hashable, Comparable {
        /// The reads since then: 0 for the newer calls, 1 for the older, more for suspects.
        var age: Int
        let database: String
        let query: Int64

        /// The same at the next read.
        var older: Batch { Batch(age: age + 1, database: database, query: query) }

        static func < (lhs: Batch, rhs: Batch) -> Bool {
            (lhs.age, lhs.database, lhs.query) < (rhs.age, rhs.database, rhs.query)
        }
    }

    /// Counted by this read. The samples that show these statements may still come.
    private var newer = CallLedger()
    /// Counted by the read before: after this tick's statements nobody will claim them.
    private var older = CallLedger()
    /// What looked slow and was not claimed in time, by read. Slow statements are always seen, so that their places
    /// were most likely taken for each other.
    private var suspects: [CallLedger] = []
    /// The reads for which suspects are kept.
    private static let probation = 2

    /// Takes in the calls of a read.
    mutating func begin(_ calls: CallLedger) {
        newer = calls
    }

    /// The end of a read: what is to be added now.
    /// - Parameter interval: The longest time between two samples; what lasts longer is seen.
    mutating func end(interval: Double) -> [CallLedger] {
        let (due, slow) = older.split(above: interval)
        suspects.append(slow)
        let late = suspects.count > Self.probation ? [suspects.removeFirst()] : []
        (older, newer) = (newer, CallLedger())
        return [due] + late
    }

    /// All of it, when there will be no other read.
    mutating func takeAll() -> [CallLedger] {
        defer { self = UnclaimedCalls() }
        return [older, newer] + suspects
    }

    /// A call with the statement's id: an older one, whose last chance it is, unless a newer one fits clearly better.
    /// - Parameter isClose: Whether the server's time must be close to the observed one.
    mutating func claim(for statement: ObservedStatement, isClose: Bool) -> Claim? {
        guard let query = statement.queryID else { return nil }
        let old = older.time(of: statement, as: query)
        let new = newer.time(of: statement, as: query)
        let prefersNew = new.map { new in
            old.map { statement.misfit($0) > statement.misfit(new) + statement.closeness } ?? true
        }
        guard let time = prefersNew == true ? new : old,
            !isClose || statement.misfit(time) <= statement.closeness
        else { return nil }
        return take(time, fromAge: prefersNew == true ? 0 : 1, statement.database, query)
    }

    /// - Parameter age: As in `Batch`; the first suspects are the oldest.
    private mutating func take(_ time: Double, fromAge age: Int, _ database: String, _ query: Int64) -> Claim {
        let batch = Batch(age: age, database: database, query: query)
        switch age {
        case 0: return Claim(time: newer.remove(time, database, query), batch: batch)
        case 1: return Claim(time: older.remove(time, database, query), batch: batch)
        default: return Claim(time: suspects[suspects.count + 1 - age].remove(time, database, query), batch: batch)
        }
    }

    /// An older call with the statement's id that would fit if those that were found in its batch before, with estimated
    /// ends, had taken more or less.
    mutating func claimShared(for statement: ObservedStatement, after claims: ClaimedCalls) -> Claim? {
        guard !statement.isExact, let query = statement.queryID,
            claims.hasEstimates(in: Batch(age: 1, database: statement.database, query: query)),
            let time = older[statement.database, query]?.time(of: statement.seconds, within: statement.widerRange)
        else { return nil }
        return take(time, fromAge: 1, statement.database, query)
    }

    /// A slow statement that fits nowhere takes any slow call with its id that would be added otherwise: several slow
    /// calls between two reads can be taken for each other, and the errors of estimated ends add up.
    mutating func claimLate(for statement: ObservedStatement) -> Claim? {
        guard let query = statement.queryID, statement.seconds >= ObservedStatement.overhead else { return nil }
        let range = ObservedStatement.overhead...Double.greatestFiniteMagnitude
        if let time = older[statement.database, query]?.time(of: statement.seconds, within: range) {
            return take(time, fromAge: 1, statement.database, query)
        }
        for index in suspects.indices {
            if let time = suspects[index][statement.database, query]?.time(of: statement.seconds, within: range) {
                return take(time, fromAge: suspects.count + 1 - index, statement.database, query)
            }
        }
        return nil
    }

    /// A call of whatever id in the statement's database, where the mean is nearest.
    /// - Parameter olderOnly: A newer one might yet be its own statement's.
    mutating func claimAnywhere(
        for statement: ObservedStatement, olderOnly: Bool, isClose: Bool, in indexes: inout [String: MeanIndex]
    ) -> Claim? {
        let database = statement.database
        let index = indexes[database] ?? MeanIndex(older: older, newer: newer, database: database)
        indexes[database] = index
        let found = index.nearest(to: statement.seconds) { place in
            guard place.isOlder || !olderOnly,
                let time = (place.isOlder ? older : newer).time(of: statement, as: place.query),
                !isClose || statement.misfit(time) <= statement.closeness
            else { return nil }
            return time
        }
        guard let (place, time) = found else { return nil }
        return take(time, fromAge: place.isOlder ? 1 : 0, database, place.query)
    }
}

/// All batches of a database by their mean: where a statement without a known id is looked for.
struct MeanIndex {
    /// A batch of the read before (`isOlder`) or of this one.
    struct Place {
        let mean: Double
        let isOlder: Bool
        let query: Int64
    }

    private let places: [Place]

    init(older: CallLedger, newer: CallLedger, database: String) {
        let all = [(older, true), (newer, false)].flatMap { ledger, isOlder in
            ledger.ordered(database).map { Place(mean: $0.batch.mean, isOlder: isOlder, query: $0.query) }
        }
        places = all.sorted { ($0.mean, $0.query, $1.isOlder ? 1 : 0) < ($1.mean, $1.query, $0.isOlder ? 1 : 0) }
    }

    /// The place whose mean is nearest to `seconds` and for which the test finds a time.
    func nearest(to seconds: Double, where test: (Place) -> Double?) -> (place: Place, time: Double)? {
        var above = firstIndex(from: seconds)
        var below = above - 1
        while below >= 0 || above < places.count {
            let takesAbove =
                below < 0 || (above < places.count && places[above].mean - seconds < seconds - places[below].mean)
            let place = places[takesAbove ? above : below]
            if let time = test(place) { return (place, time) }
            if takesAbove { above += 1 } else { below -= 1 }
        }
        return nil
    }

    /// The first index whose mean is not below `seconds`.
    private func firstIndex(from seconds: Double) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].mean < seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
